//! A piece of the sphere between planes, and the box around it.
//!
//! The sphere tells more of a piece than the planes do: where x and z are known within bounds, y has
//! bounds too. So the box is tight however the planes lie, at any latitude.

use super::sphere::{Axis, STEPS};

/// Spots are whole steps: how far their length may be from the sphere's radius, and a little more.
const ROUNDED: f64 = 2.0;
/// Single precision rounds coordinates up to 2^30 by 32 at most, those of a spot as well.
const BOX_MARGIN: f64 = 128.0;
const FARTHEST_OUT: f64 = STEPS + ROUNDED;
const LEAST_SQUARE: f64 = (STEPS - ROUNDED) * (STEPS - ROUNDED);
const MOST_SQUARE: f64 = FARTHEST_OUT * FARTHEST_OUT;

/// The spots of a part of the sphere, in steps along each axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patch {
    axes: [Range; 3],
}

#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Patch {
    pub(crate) const EVERYWHERE: Self = Self { axes: [Range { low: -FARTHEST_OUT, high: FARTHEST_OUT }; 3] };

    /// The part where a coordinate is not above this.
    pub(crate) fn below(mut self, axis: Axis, at: i32) -> Self {
        let range = self.along(axis);
        range.high = range.high.min(f64::from(at));
        self.on_the_sphere()
    }

    /// The part where a coordinate is not below this.
    pub(crate) fn above(mut self, axis: Axis, at: i32) -> Self {
        let range = self.along(axis);
        range.low = range.low.max(f64::from(at));
        self.on_the_sphere()
    }

    /// The corners of a box that holds every spot of the patch, in single precision.
    pub(crate) fn box_around(&self) -> ([f32; 3], [f32; 3]) {
        (
            self.axes.map(|range| narrowed(range.low - BOX_MARGIN)),
            self.axes.map(|range| narrowed(range.high + BOX_MARGIN)),
        )
    }

    const fn along(&mut self, axis: Axis) -> &mut Range {
        let [x, y, z] = &mut self.axes;
        match axis {
            Axis::X => x,
            Axis::Y => y,
            Axis::Z => z,
        }
    }

    /// Takes from each axis what the other two leave no room for.
    fn on_the_sphere(self) -> Self {
        let [x, y, z] = self.axes;
        Self { axes: [x.beside(y, z), y.beside(x, z), z.beside(x, y)] }
    }
}

impl Range {
    /// What is left of this range when the other two coordinates are in theirs.
    fn beside(self, a: Self, b: Self) -> Self {
        let most = (MOST_SQUARE - a.least_square() - b.least_square()).max(0.0).sqrt();
        let least = (LEAST_SQUARE - a.most_square() - b.most_square()).max(0.0).sqrt();
        let (mut low, mut high) = (self.low.max(-most - 1.0), self.high.min(most + 1.0));
        // Between -least and least there is nothing: a range that ends in there has one side only.
        let least = least - 1.0;
        if least > 0.0 {
            if low > -least {
                low = low.max(least);
            }
            if high < least {
                high = high.min(-least);
            }
        }
        Self { low, high }
    }

    fn least_square(self) -> f64 {
        if self.low <= 0.0 && self.high >= 0.0 {
            0.0
        } else {
            (self.low * self.low).min(self.high * self.high)
        }
    }

    fn most_square(self) -> f64 {
        (self.low * self.low).max(self.high * self.high)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the margin is wider than what is rounded away")]
const fn narrowed(coordinate: f64) -> f32 {
    coordinate as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Position, Spot};
    use proptest::prelude::*;

    fn somewhere() -> impl Strategy<Value = Spot> {
        let near_the_edges = prop_oneof![
            (-90.0..=90.0, -180.0..=180.0),
            (-90.0..=90.0, 179.9..=180.0),
            (89.9..=90.0, -180.0..=180.0),
            (43.2..43.3, 76.8..76.9),
            (-0.01..0.01, -0.01..0.01),
            (-0.01..0.01, 89.99..90.01)
        ];
        near_the_edges.prop_map(|(lat, lon)| Spot::of(Position::new(lat, lon).expect("on the globe")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_spot_stays_in_the_box_of_its_side_of_every_plane(
            spots in proptest::collection::vec(somewhere(), 1..12), axes in proptest::collection::vec(0..3_usize, 12), who in somewhere(),
        ) {
            let mut patch = Patch::EVERYWHERE;
            for (spot, axis) in spots.iter().zip(&axes) {
                let axis = [Axis::X, Axis::Y, Axis::Z][*axis];
                let at = spot.along(axis);
                patch = if who.along(axis) <= at { patch.below(axis, at) } else { patch.above(axis, at) };
                let (low, high) = patch.box_around();
                for (at, (low, high)) in who.along_all().into_iter().zip(low.into_iter().zip(high)) {
                    prop_assert!(low <= at && at <= high);
                }
            }
        }
    }

    #[test]
    fn two_axes_tell_the_third() {
        let almaty = Spot::of(Position::new(43.24, 76.89).expect("on the globe"));
        let around = |patch: Patch, axis: Axis| {
            let at = almaty.along(axis);
            patch.below(axis, at + 10_000).above(axis, at - 10_000)
        };
        let y = around(around(Patch::EVERYWHERE.above(Axis::Y, 0), Axis::X), Axis::Z).axes[1];
        assert!(y.low <= f64::from(almaty.y) && f64::from(almaty.y) <= y.high && y.high - y.low < 30_000.0);
    }
}
