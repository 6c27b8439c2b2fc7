//! Places as whole-numbered vectors, so that "how near?" is three subtractions and no trigonometry.
//!
//! A *spot* is the unit vector of a position in whole steps of some six millimetres; a *chord* is the
//! straight line between two spots, kept squared and in steps. Chords order places as the great
//! circle does, at any latitude, over the poles and across the antimeridian. What a chord says in
//! metres is a *stretch*: the least and the most that [`great_circle`](super::great_circle) can
//! answer. Where the two differ, only the positions themselves can tell.

use super::distance::FARTHEST;
use super::{Metres, Position};

/// Steps from the middle of the Earth to its surface: the difference of two coordinates fits an `i32`.
pub(super) const STEPS: f64 = 1_073_741_823.0;
/// IUGG mean radius R1 in metres, as in [`great_circle`](super::great_circle).
const RADIUS: f64 = 6_371_008.8;
const METRES_PER_STEP: f64 = RADIUS / STEPS;

/// How far a chord may be from the truth: both ends are rounded to steps, by half a step on each of
/// three axes, together 10.3 mm.
const ROUNDED_METRES: f64 = 0.012_5;
/// Single precision of the squares and their sum: 5 x 2^-24 of the square, half of it of the chord.
const ROUNDED_SHARE: f64 = 4e-7;
/// Up to here the arcsine is four terms of its series, exact to a tenth of a millimetre.
const SERIES_METRES: f64 = 1_000_000.0;
/// Close to the antipode the haversine itself loses digits: see the tests of `great_circle`.
const FAR_METRES: f64 = 2.0;

/// A place on the sphere in whole steps along three axes. It may be a door, so it shows no number.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) z: i32,
}

impl std::fmt::Debug for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spot(hidden)")
    }
}

/// The least and the most whole metres that the great circle between two places can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) least: Metres,
    pub(crate) most: Metres,
}

impl Spot {
    pub(crate) fn of(position: Position) -> Self {
        let (lat_sin, lat_cos) = position.lat().to_radians().sin_cos();
        let (lon_sin, lon_cos) = position.lon().to_radians().sin_cos();
        Self { x: steps(lat_cos * lon_cos), y: steps(lat_cos * lon_sin), z: steps(lat_sin) }
    }

    /// The middle of the box around some spots: a point to measure from, mostly below the ground.
    pub(crate) fn between(spots: &[Self]) -> Self {
        let middle = |along: fn(&Self) -> i32| {
            let all = || spots.iter().map(along);
            i32::midpoint(all().min().unwrap_or(0), all().max().unwrap_or(0))
        };
        Self { x: middle(|spot| spot.x), y: middle(|spot| spot.y), z: middle(|spot| spot.z) }
    }

    /// The coordinate along one of the three axes.
    pub(crate) const fn along(self, axis: Axis) -> i32 {
        match axis {
            Axis::X => self.x,
            Axis::Y => self.y,
            Axis::Z => self.z,
        }
    }

    /// All three coordinates in single precision, rounded by half a metre.
    #[expect(clippy::cast_precision_loss, reason = "boxes around spots have a margin for it")]
    pub(crate) const fn along_all(self) -> [f32; 3] {
        [self.x as f32, self.y as f32, self.z as f32]
    }

    /// The squared chord to a spot given by its coordinates.
    #[inline]
    pub(crate) fn chord2(self, x: i32, y: i32, z: i32) -> f32 {
        let dx = apart(x, self.x);
        let dy = apart(y, self.y);
        let dz = apart(z, self.z);
        dx * dx + dy * dy + dz * dz
    }
}

/// One of the three axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    X,
    Y,
    Z,
}

/// The difference of two coordinates in steps.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "the loss is part of the rounded share")]
pub(crate) const fn apart(a: i32, b: i32) -> f32 {
    a.wrapping_sub(b) as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a coordinate of a unit vector: at most STEPS")]
fn steps(coordinate: f64) -> i32 {
    // The nearest whole number, without the call that `round` is where there is no instruction for it.
    (coordinate * STEPS + 0.5_f64.copysign(coordinate)) as i32
}

/// What a squared chord says in metres.
#[inline]
pub(crate) fn stretch(chord2: f32) -> Stretch {
    let chord = f64::from(chord2).sqrt() * METRES_PER_STEP;
    let slack = ROUNDED_METRES + chord * ROUNDED_SHARE;
    if chord >= SERIES_METRES {
        return far_stretch(chord, slack);
    }
    let half = chord * (0.5 / RADIUS);
    let u = half * half;
    // arcsin s = s (1 + s^2/6 + 3 s^4/40 + 15 s^6/336 + ...).
    let arc = chord * (1.0 + u * (1.0 / 6.0 + u * (3.0 / 40.0 + u * (15.0 / 336.0))));
    Stretch { least: whole(arc - slack), most: whole(arc + slack) }
}

/// The great circle in decimetres, rounded: what single precision keeps of a chord, and no more exact than that.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to half the circumference: fits in u32, and the cast saturates in any case"
)]
pub(crate) fn decimetres(chord2: f32) -> u32 {
    let half = f64::from(chord2).sqrt() * (0.5 / STEPS);
    (20.0 * RADIUS * half.min(1.0).asin() + 0.5) as u32
}

#[cold]
fn far_stretch(chord: f64, slack: f64) -> Stretch {
    let arc = |chord: f64| 2.0 * RADIUS * (chord / (2.0 * RADIUS)).min(1.0).asin();
    Stretch {
        least: whole(arc(chord - slack) - FAR_METRES),
        most: whole(arc(chord + slack) + FAR_METRES).min(FARTHEST),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to half the circumference: fits in u32, and the cast saturates in any case"
)]
fn whole(metres: f64) -> Metres {
    Metres::new((metres.max(0.0) + 0.5) as u32)
}

/// No place within so many metres has a longer squared chord; some beyond have a shorter one.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "rounding is in the last factor")]
pub(crate) fn chord2_within(distance: Metres) -> f32 {
    if distance >= FARTHEST {
        return f32::INFINITY;
    }
    // The chord is shorter than its arc, which may be half a metre longer than its whole metres.
    let metres = f64::from(distance.get()) + 0.52;
    let steps = metres / METRES_PER_STEP;
    (steps * steps * 1.000_003) as f32
}

#[expect(clippy::cast_possible_truncation, reason = "a rounded factor: what it is for has a margin")]
const STEPS_PER_METRE: f32 = (STEPS / RADIUS) as f32;

/// The same as [`chord2_within`] for a length that fits a row, in a few instructions.
#[inline]
pub(crate) fn chord2_within_few(metres: u16) -> f32 {
    let steps = (f32::from(metres) + 0.52) * STEPS_PER_METRE;
    steps * steps * 1.000_004
}

/// Every place whose squared chord is not longer than this is within so many metres.
#[inline]
pub(crate) fn chord2_sure(metres: u16) -> f32 {
    // Up to 65 km an arc is at most 0.29 m longer than its chord: half a metre rounds to the metre.
    let steps = f32::from(metres) * STEPS_PER_METRE;
    steps * steps * 0.999_999
}

/// Whoever has a longer squared chord than this is farther, in whole metres, than whoever has the one
/// that is given.
#[inline]
pub(crate) fn chord2_told_apart(chord2: f32) -> f32 {
    // Arcs differ by no less than their chords. A metre is what rounding to whole metres hides; the share
    // is far more than single precision loses, and near the antipode than `great_circle` does.
    let chord = chord2.sqrt() + 1.2 * STEPS_PER_METRE;
    chord * chord * 1.000_02
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::great_circle;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("on the globe")
    }

    fn chord2(a: Position, b: Position) -> f32 {
        let spot = Spot::of(b);
        Spot::of(a).chord2(spot.x, spot.y, spot.z)
    }

    fn anywhere() -> impl Strategy<Value = (f64, f64)> {
        prop_oneof![
            (-90.0..=90.0, -180.0..=180.0),
            (89.99..=90.0, -180.0..=180.0),
            (-60.0..=60.0, 179.99..=180.0),
            (-60.0..=60.0, -180.0..=-179.99),
            (43.2..43.3, 76.8..76.9),
        ]
    }

    fn check(a: Position, b: Position) -> Result<(), TestCaseError> {
        let (truth, chord2) = (great_circle(a, b), chord2(a, b));
        let stretch = stretch(chord2);
        prop_assert!(stretch.least <= truth && truth <= stretch.most, "{:?} {}", stretch, truth);
        prop_assert!(chord2 <= chord2_within(truth));
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn a_stretch_holds_the_great_circle(a in anywhere(), b in anywhere()) {
            check(at(a.0, a.1), at(b.0, b.1))?;
        }

        #[test]
        fn what_fits_a_row_is_judged_as_the_great_circle_judges(
            a in anywhere(), north in -0.4..0.4_f64, east in -0.4..0.4_f64, off in -2_i32..=2,
        ) {
            let from = at(a.0, a.1);
            let to = at((a.0 + north).clamp(-90.0, 90.0), (a.1 + east).clamp(-180.0, 180.0));
            let (truth, chord2) = (great_circle(from, to), chord2(from, to));
            let metres = u16::try_from(truth.get()).unwrap_or(60_000).saturating_add_signed(off as i16);
            let reached = truth <= Metres::new(u32::from(metres));
            prop_assert!(!reached || chord2 <= chord2_within_few(metres));
            prop_assert!(reached || chord2 > chord2_sure(metres));
        }

        #[test]
        fn chords_that_are_told_apart_are_metres_apart(a in anywhere(), b in anywhere(), c in anywhere(), near in proptest::bool::ANY) {
            let (from, b) = (at(a.0, a.1), at(b.0, b.1));
            let c = if near { at((b.lat() + c.0 * 1e-6).clamp(-90.0, 90.0), (b.lon() + c.1 * 1e-6).clamp(-180.0, 180.0)) } else { at(c.0, c.1) };
            if chord2(from, c) > chord2_told_apart(chord2(from, b)) {
                prop_assert!(great_circle(from, c) > great_circle(from, b));
            }
        }

        #[test]
        fn a_short_stretch_is_one_metre_or_two(
            a in anywhere(), north in -0.3..0.3_f64, east in -0.3..0.3_f64,
        ) {
            let from = at(a.0, a.1);
            let to = at((a.0 + north).clamp(-90.0, 90.0), (a.1 + east).clamp(-180.0, 180.0));
            check(from, to)?;
            let stretch = stretch(chord2(from, to));
            prop_assert!(stretch.most.get() - stretch.least.get() <= 1);
        }

        #[test]
        fn opposite_places_are_within_their_stretch(lat in -90.0..=90.0_f64, lon in -180.0..=0.0, off in -0.001..0.001_f64) {
            check(at(lat, lon), at((-lat + off).clamp(-90.0, 90.0), lon + 180.0))?;
        }
    }
}
