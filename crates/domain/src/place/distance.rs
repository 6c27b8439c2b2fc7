//! How far apart two places are, along the great circle, in whole metres.

use std::fmt;

use geo::{Distance, Haversine};

use super::Position;

/// The IUGG mean radius R1, in metres.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Half the sphere's circumference, the farthest two places can be apart: pi x 6 371 008.8 m.
pub(super) const FARTHEST: Metres = Metres(20_015_114);

/// A length in whole metres.
///
/// Whole, so that lengths can be compared, hashed and tied exactly: a metre is well below what a
/// telephone's GPS can tell, and below the 0.56 % by which a sphere differs from the Earth.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Metres(u32);

impl Metres {
    /// A length of so many metres.
    #[must_use]
    pub const fn new(metres: u32) -> Self {
        Self(metres)
    }

    /// The bare number of metres.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.0)
    }
}

/// The great-circle distance between two places, rounded to the nearest metre.
///
/// The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68(2), 1984,
/// p. 159) on a sphere of the IUGG mean radius R1 = 6 371 008.8 m (H. Moritz, "Geodetic Reference
/// System 1980", Journal of Geodesy 74, 2000), as `geo` computes it. Right at the poles and across
/// the antimeridian; within 0.56 % of the ellipsoid's geodesic.
#[must_use]
pub fn great_circle(from: Position, to: Position) -> Metres {
    let metres = Haversine.distance(from.to_geo(), to.to_geo());
    if metres.is_nan() {
        // Rounding lifted the haversine of two opposite places above one, where it has no arcsine.
        return FARTHEST;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to half the circumference: fits in u32, and the cast saturates in any case"
    )]
    Metres(metres.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Geodesic;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("on the globe")
    }

    /// Twice the arcsine of half the chord between unit vectors: the same sphere, another formula.
    fn by_chord(a: Position, b: Position) -> f64 {
        let unit = |p: Position| {
            let (lat, lon) = (p.lat().to_radians(), p.lon().to_radians());
            [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
        };
        let (a, b) = (unit(a), unit(b));
        let chord = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        2.0 * (chord / 2.0).min(1.0).asin() * 6_371_008.8
    }

    #[test]
    fn cities_are_as_far_apart_as_the_geodesic_says() {
        // Judge: Karney's geodesic on WGS 84 (Journal of Geodesy 87, 2013), as `geo` computes it.
        let cities = [
            ("Almaty", at(43.238_9, 76.889_7)),
            ("Astana", at(51.169_4, 71.449_1)),
            ("Aktau", at(43.653_2, 51.197_5)),
            ("London", at(51.507_4, -0.127_8)),
            ("Suva", at(-18.141_6, 178.441_9)),
            ("Apia", at(-13.833_3, -171.766_7)),
            ("Ushuaia", at(-54.801_9, -68.303)),
        ];
        for (a, from) in cities {
            for (b, to) in cities {
                let truth = Geodesic.distance(from.to_geo(), to.to_geo());
                let ours = f64::from(great_circle(from, to).get());
                assert!((ours - truth).abs() <= truth * 0.005_6 + 1.0, "{a} {b}: {ours} {truth}");
            }
        }
    }

    #[test]
    fn known_pairs_have_their_known_length() {
        // Expected: degrees of arc x pi/180 x 6 371 008.8 m, and the worked example of `geo`'s manual.
        let cases = [
            ("a degree of the equator", at(0.0, 0.0), at(0.0, 1.0), 111_195),
            ("a degree across the antimeridian", at(0.0, 179.5), at(0.0, -179.5), 111_195),
            ("a quarter meridian", at(0.0, 30.0), at(90.0, -77.0), 10_007_557),
            ("over the pole", at(89.0, 0.0), at(89.0, 180.0), 222_390),
            ("one pole, two longitudes", at(90.0, 10.0), at(90.0, -120.0), 0),
            ("one meridian, two names", at(50.0, 180.0), at(50.0, -180.0), 0),
            ("pole to pole", at(-90.0, 0.0), at(90.0, 0.0), 20_015_114),
            ("Sofia to Plovdiv", at(42.698_334, 23.319_941), at(42.136_097, 24.742_168), 132_433),
        ];
        for (name, from, to, metres) in cases {
            assert_eq!(great_circle(from, to), Metres::new(metres), "{name}");
        }
    }

    #[test]
    fn almost_opposite_places_are_far_apart_and_not_on_one_spot() {
        // Found by search: here rounding lifts the haversine above one, and its arcsine is not a number.
        for (lat, lon, off) in [
            (-58.870_366_887_758_79, -97.636_448_973_165_67, 2.843_928_473_718_051_7e-9),
            (-58.375_396_658_884_71, -38.780_723_979_289_18, 7.488_627_912_753_145e-9),
        ] {
            let (here, there) = (at(lat, lon), at(-lat + off, lon + 180.0 + off * 0.3));
            assert!(Haversine.distance(here.to_geo(), there.to_geo()).is_nan());
            assert_eq!(great_circle(here, there), FARTHEST);
        }
    }

    fn anywhere() -> impl Strategy<Value = (f64, f64)> {
        prop_oneof![
            (-90.0..=90.0, -180.0..=180.0),
            (89.99..=90.0, -180.0..=180.0),
            (-60.0..=60.0, 179.99..=180.0),
            (-60.0..=60.0, -180.0..=-179.99),
        ]
    }

    proptest! {
        #[test]
        fn the_chord_says_the_same(a in anywhere(), b in anywhere()) {
            let (from, to) = (at(a.0, a.1), at(b.0, b.1));
            let ours = f64::from(great_circle(from, to).get());
            // Both formulas lose digits close to the antipode, where a metre is the square root of epsilon.
            prop_assert!((ours - by_chord(from, to)).abs() <= 1.0);
            prop_assert_eq!(great_circle(from, to), great_circle(to, from));
        }

        #[test]
        fn opposite_places_are_half_a_circumference_apart(lat in -90.0..=90.0, lon in -180.0..=0.0) {
            let (here, there) = (at(lat, lon), at(-lat, lon + 180.0));
            prop_assert!(great_circle(here, there) >= Metres::new(FARTHEST.get() - 1));
            prop_assert!(great_circle(here, there) <= FARTHEST);
        }
    }
}
