//! Positions in an order in which those near each other mostly stand near each other.

use super::Position;

/// The place of a position on the curve through all positions after G. M. Morton ("A Computer Oriented
/// Geodetic Data Base", 1966): the bits of latitude and longitude by turns, some 5 mm the finest step.
pub(crate) fn along_the_curve(position: Position) -> u64 {
    let north = steps((position.lat() + 90.0) / 180.0);
    let east = steps((position.lon() + 180.0) / 360.0);
    spread(north) << 1 | spread(east)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of one; the cast saturates"
)]
fn steps(share: f64) -> u32 {
    (share * f64::from(u32::MAX)) as u32
}

/// Puts a nought before each bit.
const fn spread(bits: u32) -> u64 {
    let mut spread = bits as u64;
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF;
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF;
    spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    spread = (spread | spread << 2) & 0x3333_3333_3333_3333;
    (spread | spread << 1) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_both_coordinates_stand_by_turns() {
        assert_eq!((spread(0b1011), spread(u32::MAX)), (0b100_0101, 0x5555_5555_5555_5555));
        let at = |lat, lon| along_the_curve(Position::new(lat, lon).expect("on the globe"));
        assert_eq!((at(-90.0, -180.0), at(90.0, 180.0)), (0, u64::MAX));
        let (here, near, far) = (at(43.24, 76.89), at(43.240_001, 76.890_001), at(51.17, 71.45));
        assert!(here.abs_diff(near) < here.abs_diff(far) / 1_000_000);
    }
}
