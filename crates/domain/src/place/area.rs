//! The outline of a service area, from GeoJSON (RFC 7946), and whether a place is inside.

use std::collections::BTreeSet;

use geo::{InteriorPoint, Intersects, MultiPolygon, Polygon, RemoveRepeatedPoints, Validation};
use geojson::GeometryValue;
use serde::Deserialize;

use super::Position;

/// How many points an outline may have, closing points included: enough for a region's border,
/// and the check for crossings, which compares every two edges, stays below a second.
pub const MAX_POINTS: usize = 5_000;
/// How many rings, outer and holes together, an outline may have; each is compared with the others.
pub const MAX_RINGS: usize = 100;
/// A ring is a triangle at least, and its first point comes again at the end (RFC 7946, 3.1.6).
const LEAST_POINTS: usize = 4;
/// An edge wider than this, in degrees, goes round the back of the globe.
const HALF_TURN: f64 = 180.0;

/// The outline of an area: one or more polygons, with holes.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaShape(MultiPolygon<f64>);

/// Why a GeoJSON geometry is not an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// Not a geometry as RFC 7946 writes them.
    #[error("not a GeoJSON geometry")]
    NotGeoJson,
    /// A geometry of another type, or an empty one.
    #[error("the geometry must be a Polygon or a MultiPolygon with at least one ring")]
    NotAPolygon,
    /// More points than [`MAX_POINTS`].
    #[error("the outline has more than {MAX_POINTS} points")]
    TooManyPoints,
    /// More rings than [`MAX_RINGS`].
    #[error("the outline has more than {MAX_RINGS} rings")]
    TooManyRings,
    /// A ring of fewer than three different points.
    #[error("a ring needs at least three different points and the first again at the end")]
    TooFewPoints,
    /// A ring whose last point is not its first.
    #[error("a ring must end with the point it begins with")]
    NotClosed,
    /// A coordinate off the globe; the order is longitude, latitude.
    #[error("a point is off the globe; the order is longitude, latitude")]
    OutOfRange,
    /// An edge that goes over the 180th meridian: RFC 7946, section 3.1.9, wants it cut there.
    #[error("the outline crosses the 180th meridian; cut it there into a MultiPolygon")]
    CrossesAntimeridian,
    /// A ring that crosses or touches itself.
    #[error("a ring crosses or touches itself")]
    SelfIntersecting,
    /// Rings that overlap, or a hole that is not inside its polygon.
    #[error("rings overlap, or a hole lies outside its polygon")]
    RingsOverlap,
}

impl AreaShape {
    /// Reads an outline from a GeoJSON geometry: a Polygon or a MultiPolygon.
    ///
    /// # Errors
    /// One [`AreaError`] for the first thing found wrong, cheap checks first.
    pub fn from_geojson(geometry: &serde_json::Value) -> Result<Self, AreaError> {
        let geometry = geojson::Geometry::deserialize(geometry).map_err(|_| AreaError::NotGeoJson)?;
        let polygons = polygons_of(geometry.value)?;
        within_limits(&polygons)?;
        let polygons = polygons.iter().map(|rings| polygon(rings)).collect::<Result<Vec<_>, _>>()?;
        let shape = MultiPolygon::new(polygons);
        if shape.is_valid() { Ok(Self(shape)) } else { Err(what_is_wrong(&shape)) }
    }

    /// Reads an outline and repairs what has one clear meaning: rings left open, points told twice, rings of
    /// no area, rings that cross themselves or overlap (which then count as one). Tells what was repaired.
    ///
    /// # Errors
    /// As for [`AreaShape::from_geojson`], where that cannot be repaired.
    pub fn repaired(geometry: &serde_json::Value) -> Result<(Self, Option<AreaError>), AreaError> {
        let flaw = match Self::from_geojson(geometry) {
            Ok(shape) => return Ok((shape, None)),
            Err(flaw) => flaw,
        };
        match flaw {
            AreaError::TooFewPoints
            | AreaError::NotClosed
            | AreaError::SelfIntersecting
            | AreaError::RingsOverlap => {}
            AreaError::NotGeoJson
            | AreaError::NotAPolygon
            | AreaError::TooManyPoints
            | AreaError::TooManyRings
            | AreaError::OutOfRange
            | AreaError::CrossesAntimeridian => return Err(flaw),
        }
        // Read again, so that what is kept is what every later reading takes.
        let shape = Self::from_geojson(&repair::repair(geometry, flaw)?.to_geojson()).map_err(|_| flaw)?;
        Ok((shape, Some(flaw)))
    }

    /// Whether a place is inside; the border is inside, holes are not.
    ///
    /// With the border included, a door on the line between two areas is served by both rather than
    /// by neither. Longitudes 180 and -180 are one meridian.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        let point = position.to_geo();
        self.0.intersects(&point)
            || (point.x().abs() == HALF_TURN && self.0.intersects(&geo::Point::new(-point.x(), point.y())))
    }

    /// A place inside that stands for the whole area: the middle of a long line across it.
    ///
    /// Unlike the centre of gravity it is never in a hole or outside a crescent.
    #[must_use]
    pub fn centre(&self) -> Position {
        // An outline has at least one ring, so there is always such a point.
        let point = self.0.interior_point().unwrap_or_default();
        Position::clamped(point.y(), point.x())
    }

    /// The outline as a GeoJSON MultiPolygon geometry.
    #[must_use]
    pub fn to_geojson(&self) -> serde_json::Value {
        let ring = |line: &geo::LineString<f64>| -> Vec<[f64; 2]> {
            line.coords().map(|point| [point.x, point.y]).collect()
        };
        let polygons: Vec<Vec<_>> = self
            .0
            .iter()
            .map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect())
            .collect();
        serde_json::json!({ "type": "MultiPolygon", "coordinates": polygons })
    }
}

type Ring = Vec<geojson::Position>;

fn polygons_of(value: GeometryValue) -> Result<Vec<Vec<Ring>>, AreaError> {
    let polygons = match value {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        GeometryValue::Point { .. }
        | GeometryValue::MultiPoint { .. }
        | GeometryValue::LineString { .. }
        | GeometryValue::MultiLineString { .. }
        | GeometryValue::GeometryCollection { .. } => return Err(AreaError::NotAPolygon),
    };
    let empty = polygons.is_empty() || polygons.iter().any(Vec::is_empty);
    if empty { Err(AreaError::NotAPolygon) } else { Ok(polygons) }
}

fn within_limits(polygons: &[Vec<Ring>]) -> Result<(), AreaError> {
    if polygons.iter().flatten().map(Vec::len).sum::<usize>() > MAX_POINTS {
        return Err(AreaError::TooManyPoints);
    }
    if polygons.iter().map(Vec::len).sum::<usize>() > MAX_RINGS {
        return Err(AreaError::TooManyRings);
    }
    Ok(())
}

fn polygon(rings: &[Ring]) -> Result<Polygon<f64>, AreaError> {
    let mut rings = rings.iter().map(line).collect::<Result<Vec<_>, _>>()?.into_iter();
    let outer = rings.next().ok_or(AreaError::NotAPolygon)?;
    Ok(Polygon::new(outer, rings.collect()))
}

fn line(ring: &Ring) -> Result<geo::LineString<f64>, AreaError> {
    let points = ring.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    if points.first() != points.last() {
        return Err(AreaError::NotClosed);
    }
    if points.windows(2).any(|edge| matches!(edge, [a, b] if (a.lon() - b.lon()).abs() > HALF_TURN)) {
        return Err(AreaError::CrossesAntimeridian);
    }
    let line = geo::LineString::from_iter(points.into_iter().map(Position::to_geo)).remove_repeated_points();
    if line.0.len() < LEAST_POINTS {
        return Err(AreaError::TooFewPoints);
    }
    // A point that comes twice pinches the ring, which the search for crossings would not see.
    let mut seen = BTreeSet::new();
    let pinched =
        line.0.iter().skip(1).any(|at| !seen.insert(((at.x + 0.0).to_bits(), (at.y + 0.0).to_bits())));
    if pinched { Err(AreaError::SelfIntersecting) } else { Ok(line) }
}

fn position(point: &geojson::Position) -> Result<Position, AreaError> {
    match point.as_slice() {
        [lon, lat, ..] => Position::new(*lat, *lon).map_err(|_| AreaError::OutOfRange),
        _ => Err(AreaError::NotGeoJson),
    }
}

fn what_is_wrong(shape: &MultiPolygon<f64>) -> AreaError {
    let alone = |ring: &geo::LineString<f64>| Polygon::new(ring.clone(), Vec::new()).is_valid();
    let simple =
        shape.iter().all(|polygon| alone(polygon.exterior()) && polygon.interiors().iter().all(alone));
    if simple { AreaError::RingsOverlap } else { AreaError::SelfIntersecting }
}

mod repair;
#[cfg(test)]
mod tests;
