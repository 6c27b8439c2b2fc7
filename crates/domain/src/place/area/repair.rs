//! Outlines as drawing programs and hands leave them, made such that they enclose what they mean to.

use geo::{BooleanOps, MultiPolygon, Polygon, RemoveRepeatedPoints};
use serde::Deserialize;

use super::{AreaError, AreaShape, HALF_TURN, LEAST_POINTS, Ring, polygons_of, position, within_limits};
use crate::place::Position;

/// The outline that a geometry with this flaw means.
pub(super) fn repair(geometry: &serde_json::Value, flaw: AreaError) -> Result<AreaShape, AreaError> {
    let geometry = geojson::Geometry::deserialize(geometry).map_err(|_| AreaError::NotGeoJson)?;
    let polygons = polygons_of(geometry.value)?;
    within_limits(&polygons)?;
    let mut repaired = Vec::new();
    for rings in &polygons {
        let mut lines = rings.iter().map(line);
        // A polygon whose outer ring encloses nothing encloses nothing.
        let Some(outer) = lines.next().transpose()?.flatten() else { continue };
        let holes = lines.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
        repaired.push(Polygon::new(outer, holes));
    }
    let whole = MultiPolygon::new(repaired).union(&MultiPolygon::new(Vec::new()));
    if whole.0.is_empty() { Err(flaw) } else { Ok(AreaShape(whole.remove_repeated_points())) }
}

/// A ring, closed; none when it has fewer than three different points.
fn line(ring: &Ring) -> Result<Option<geo::LineString<f64>>, AreaError> {
    let mut points = ring.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    if points.first() != points.last() {
        points.extend(points.first().copied());
    }
    if points.windows(2).any(|edge| matches!(edge, [a, b] if (a.lon() - b.lon()).abs() > HALF_TURN)) {
        return Err(AreaError::CrossesAntimeridian);
    }
    let line = geo::LineString::from_iter(points.into_iter().map(Position::to_geo)).remove_repeated_points();
    Ok((line.0.len() >= LEAST_POINTS).then_some(line))
}
