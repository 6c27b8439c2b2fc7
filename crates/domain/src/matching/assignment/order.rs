//! Puts places in an order in which neighbours are mostly near each other: along Hilbert's curve (1891) over
//! longitude and latitude. Only time depends on it, so that poles and the antimeridian need no care.

use crate::place::Position;

/// Bits of each coordinate: cells of forty metres.
const BITS: u32 = 20;

/// The places' numbers in the order of the curve; of equal places, the smaller number first.
#[must_use]
pub fn along_the_curve(places: &[Position]) -> Vec<u32> {
    let mut keys: Vec<(u64, u32)> =
        (0_u32..).zip(places).map(|(number, place)| (hilbert(cell_of(*place)), number)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, number)| number).collect()
}

fn cell_of(place: Position) -> (u32, u32) {
    (share((place.lon() + 180.0) / 360.0), share((place.lat() + 90.0) / 180.0))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from nought to the number of cells; the cast saturates in any case"
)]
fn share(of_all: f64) -> u32 {
    ((of_all * f64::from(1_u32 << BITS)) as u32).min((1 << BITS) - 1)
}

/// How far along the curve a cell is (Hacker's Delight, 2nd edition, 16-2: quadrant by quadrant).
fn hilbert((mut x, mut y): (u32, u32)) -> u64 {
    let mut along = 0;
    for bit in (0..BITS).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        along = along << 2 | u64::from((3 * right) ^ up);
        // In the lower quadrants the curve lies on its side.
        if up == 0 {
            let flip = 0_u32.wrapping_sub(right);
            (x, y) = (y ^ flip, x ^ flip);
        }
    }
    along
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_curve_steps_from_neighbour_to_neighbour_and_misses_no_cell() {
        // The first cells of the curve fill a square.
        let side = 32;
        let cells = (0..side).flat_map(|x| (0..side).map(move |y| (x, y)));
        let mut along: Vec<_> = cells.map(|cell| (hilbert(cell), cell)).collect();
        along.sort_unstable();
        let lengths: BTreeSet<u64> = along.iter().map(|(length, _)| *length).collect();
        assert_eq!(lengths.len(), along.len());
        for pair in along.windows(2) {
            let [(_, (x, y)), (_, (u, v))] = pair else { unreachable!("windows of two") };
            assert_eq!(x.abs_diff(*u) + y.abs_diff(*v), 1, "from {x} {y} to {u} {v}");
        }
    }

    #[test]
    fn every_place_is_in_the_order_once() {
        let place = |lat, lon| Position::new(lat, lon).expect("on the globe");
        let places =
            [place(90.0, 180.0), place(-90.0, -180.0), place(43.2, 76.9), place(43.2, 76.9), place(0.0, 0.0)];
        let order = along_the_curve(&places);
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), (0..5).collect());
        let of = |number| order.iter().position(|other| *other == number);
        assert_eq!(of(2).map(|at| at + 1), of(3), "equals stay side by side");
    }
}
