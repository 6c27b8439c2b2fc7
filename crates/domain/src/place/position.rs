//! A place on the ground that cannot be nonsense: once a [`Position`] exists, it is finite and on
//! the globe, so nothing further in has to ask again.

use std::fmt;

/// The greatest latitude, in degrees; the least is its negative.
const MAX_LATITUDE: f64 = 90.0;
/// The greatest longitude, in degrees; the least is its negative.
const MAX_LONGITUDE: f64 = 180.0;

/// A place in WGS 84 degrees.
///
/// It may be a door, so it is on purpose not serialisable and its `Debug` shows no number: whoever
/// wants to send or log a place has to say so with [`lat`](Self::lat) and [`lon`](Self::lon).
/// Longitudes 180 and -180 are both permitted and kept as given; distances and areas treat them alike.
#[derive(Clone, Copy, PartialEq)]
pub struct Position {
    lat: f64,
    lon: f64,
}

/// Which of the two numbers of a position is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coordinate {
    /// Degrees north of the equator.
    Latitude,
    /// Degrees east of Greenwich.
    Longitude,
}

/// A coordinate is not a number or not on the globe. Carries which one, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{coordinate} must be a number from -{greatest} to {greatest}", greatest = .coordinate.greatest())]
pub struct PositionError {
    /// The coordinate that was refused.
    pub coordinate: Coordinate,
}

impl Position {
    /// A position from degrees north and degrees east.
    ///
    /// # Errors
    /// When either number is not finite or off the globe; latitude is looked at first.
    pub fn new(lat: f64, lon: f64) -> Result<Self, PositionError> {
        for (coordinate, degrees) in [(Coordinate::Latitude, lat), (Coordinate::Longitude, lon)] {
            if degrees.is_nan() || degrees.abs() > coordinate.greatest() {
                return Err(PositionError { coordinate });
            }
        }
        Ok(Self { lat, lon })
    }

    /// A position from degrees that are on the globe but for rounding, such as a computed centre.
    pub(super) const fn clamped(lat: f64, lon: f64) -> Self {
        Self { lat: lat.clamp(-MAX_LATITUDE, MAX_LATITUDE), lon: lon.clamp(-MAX_LONGITUDE, MAX_LONGITUDE) }
    }

    /// Degrees north of the equator, -90 to 90.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east of Greenwich, -180 to 180.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// The same place as `geo` knows it: x is longitude, y is latitude.
    pub(super) fn to_geo(self) -> geo::Point<f64> {
        geo::Point::new(self.lon, self.lat)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(hidden)")
    }
}

impl Coordinate {
    /// The greatest permitted value in degrees; the least is its negative.
    #[must_use]
    pub const fn greatest(self) -> f64 {
        match self {
            Self::Latitude => MAX_LATITUDE,
            Self::Longitude => MAX_LONGITUDE,
        }
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_the_globe_are_on_it() {
        for (lat, lon) in [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (43.238_9, 76.889_7)] {
            let position = Position::new(lat, lon).expect("on the globe");
            assert_eq!((position.lat(), position.lon()), (lat, lon));
        }
    }

    #[test]
    fn what_is_off_the_globe_is_refused_by_name() {
        use Coordinate::{Latitude, Longitude};
        let cases = [
            (91.0, 0.0, Latitude),
            (-90.000_001, 0.0, Latitude),
            (f64::NAN, 0.0, Latitude),
            (f64::INFINITY, 0.0, Latitude),
            (0.0, 180.000_001, Longitude),
            (0.0, -181.0, Longitude),
            (0.0, f64::NAN, Longitude),
            (0.0, f64::NEG_INFINITY, Longitude),
            (f64::NAN, f64::NAN, Latitude),
        ];
        for (lat, lon, coordinate) in cases {
            assert_eq!(Position::new(lat, lon), Err(PositionError { coordinate }), "{lat} {lon}");
        }
    }

    #[test]
    fn an_error_says_the_range_and_not_the_value() {
        let error = Position::new(91.25, 0.0).expect_err("off the globe");
        assert_eq!(error.to_string(), "latitude must be a number from -90 to 90");
    }

    #[test]
    fn a_position_does_not_show_itself_in_a_log() {
        let door = Position::new(43.238_949, 76.889_709).expect("on the globe");
        assert_eq!(format!("{door:?}"), "Position(hidden)");
    }
}
