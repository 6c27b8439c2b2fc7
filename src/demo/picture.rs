//! A photo of nothing: a wall, a door, and a bag before it, in colours of its own for each delivery.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

const SIDE: u32 = 96;

/// A PNG for the delivery of that number. Empty only where there is no memory to draw it.
pub(super) fn of_a_door(number: usize) -> Vec<u8> {
    let [shade, tint, ..] = number.wrapping_mul(2_654_435_761).to_le_bytes();
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let is_door = (30..66).contains(&x) && y > 18;
        let is_bag = (38..58).contains(&x) && y > 74;
        match (is_bag, is_door) {
            (true, _) => Rgb([230, 220, shade]),
            (false, true) => Rgb([shade / 2, 70, tint / 2]),
            (false, false) => Rgb([190, 185, 175]),
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    match picture.write_to(&mut bytes, ImageFormat::Png) {
        Ok(()) => bytes.into_inner(),
        Err(_) => Vec::new(),
    }
}
