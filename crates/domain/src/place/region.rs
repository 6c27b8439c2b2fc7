//! The part of the map that somebody looks at: a box of degrees, or a circle around a place.
//!
//! A *box* goes from its west eastward to its east, across the antimeridian where its west is the greater.

use super::distance::EARTH_RADIUS_M;
use super::{Metres, Position, great_circle};

/// A box of degrees, its edges included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The westernmost longitude.
    pub west: f64,
    /// The southernmost latitude.
    pub south: f64,
    /// The easternmost longitude; less than the westernmost where the antimeridian lies in between.
    pub east: f64,
    /// The northernmost latitude.
    pub north: f64,
}

impl Bounds {
    /// The box between its south-western and its north-eastern corner. `None` when the south lies north of the north.
    #[must_use]
    pub fn between(south_west: Position, north_east: Position) -> Option<Self> {
        let (south, north) = (south_west.lat(), north_east.lat());
        (south <= north).then(|| Self { west: south_west.lon(), south, east: north_east.lon(), north })
    }

    /// Whether the antimeridian runs through it.
    #[must_use]
    pub fn crosses_the_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// Whether a place lies in it.
    #[must_use]
    pub fn contain(&self, place: Position) -> bool {
        let lon = place.lon();
        let between = if self.crosses_the_antimeridian() {
            lon >= self.west || lon <= self.east
        } else {
            (self.west..=self.east).contains(&lon)
        };
        between && (self.south..=self.north).contains(&place.lat())
    }
}

/// A part of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Region {
    /// A box.
    Box(Bounds),
    /// All that lies no farther from a place than this.
    Circle(Position, Metres),
}

const ANTIMERIDIAN: f64 = 180.0;
const POLE: f64 = 90.0;

/// Rounding to whole metres lets in what lies half a metre farther, and degrees are rounded too.
const MARGIN_M: f64 = 1.0;

impl Region {
    /// Whether a place lies in it.
    #[must_use]
    pub fn contains(&self, place: Position) -> bool {
        match self {
            Self::Box(bounds) => bounds.contain(place),
            Self::Circle(centre, radius) => great_circle(*centre, place) <= *radius,
        }
    }

    /// A box that holds all of it, and little more.
    ///
    /// Of a circle that holds no pole, the meridians that touch it are asin(sin r / cos lat) away (J. P. Matuschek,
    /// "Finding Points Within a Distance of a Latitude/Longitude Using Bounding Coordinates").
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        match self {
            Self::Box(bounds) => *bounds,
            Self::Circle(centre, radius) => around(*centre, *radius),
        }
    }
}

fn around(centre: Position, radius: Metres) -> Bounds {
    let angle = (f64::from(radius.get()) + MARGIN_M) / EARTH_RADIUS_M;
    let (south, north) = (centre.lat() - angle.to_degrees(), centre.lat() + angle.to_degrees());
    let band =
        Bounds { west: -ANTIMERIDIAN, south: south.max(-POLE), east: ANTIMERIDIAN, north: north.min(POLE) };
    if south <= -POLE || north >= POLE {
        return band;
    }
    let aside = (angle.sin() / centre.lat().to_radians().cos()).asin().to_degrees();
    if aside.is_nan() || aside >= ANTIMERIDIAN {
        return band;
    }
    Bounds { west: wrapped(centre.lon() - aside), east: wrapped(centre.lon() + aside), ..band }
}

fn wrapped(lon: f64) -> f64 {
    if lon < -ANTIMERIDIAN {
        lon + 2.0 * ANTIMERIDIAN
    } else if lon > ANTIMERIDIAN {
        lon - 2.0 * ANTIMERIDIAN
    } else {
        lon
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("on the globe")
    }

    #[test]
    fn a_box_across_the_antimeridian_holds_both_its_sides_and_nothing_between() {
        let fiji = Bounds::between(at(-20.0, 177.0), at(-12.0, -178.0)).expect("a box");
        for inside in
            [at(-17.0, 178.0), at(-17.0, -179.0), at(-17.0, 180.0), at(-17.0, -180.0), at(-12.0, 177.0)]
        {
            assert!(fiji.contain(inside), "{} {}", inside.lat(), inside.lon());
        }
        for outside in [at(-17.0, 0.0), at(-17.0, 176.9), at(-17.0, -177.9), at(-11.9, 178.0)] {
            assert!(!fiji.contain(outside), "{} {}", outside.lat(), outside.lon());
        }
        assert_eq!(Bounds::between(at(1.0, 0.0), at(0.0, 1.0)), None);
    }

    #[test]
    fn a_circle_around_a_pole_reaches_all_the_way_round() {
        let bounds = Region::Circle(at(89.9, 10.0), Metres::new(50_000)).bounds();
        assert!(bounds.contain(at(89.9, -170.0)) && !bounds.contain(at(89.0, 10.0)));
    }

    proptest! {
        #[test]
        fn the_bounds_of_a_circle_hold_all_of_it(
            lat in prop_oneof![-90.0..=90.0_f64, 89.0..=90.0_f64, Just(-90.0)],
            lon in prop_oneof![-180.0..=180.0_f64, 179.5..=180.0_f64, Just(-180.0)],
            radius in prop_oneof![1_u32..200_000, 1_u32..20_000_000],
            near in (-1.0..=1.0_f64, -1.0..=1.0_f64),
        ) {
            let circle = Region::Circle(at(lat, lon), Metres::new(radius));
            let degrees = f64::from(radius) / 111_000.0;
            let stretch = degrees / lat.to_radians().cos().max(0.01);
            let there = at(
                degrees.mul_add(near.0, lat).clamp(-90.0, 90.0),
                wrapped(stretch.min(180.0).mul_add(near.1, lon)).clamp(-180.0, 180.0),
            );
            prop_assert!(!circle.contains(there) || circle.bounds().contain(there));
        }
    }
}
