//! Places side by side: blocks of thirty-two, and the boxes around them, eight at a time.

use crate::place::Spot;

/// Volunteers in a block.
pub(super) const BLOCK: usize = 32;
/// Boxes under a box.
pub(super) const FAN: usize = 8;
/// Added around each box, in steps of six millimetres: what single precision loses, twice over.
const MARGIN: f32 = 512.0;

/// The least and the greatest of each coordinate.
pub(super) type Bounds = ([f32; 3], [f32; 3]);

/// Places column by column.
#[derive(Debug, Clone)]
pub(super) struct Block {
    x: [i32; BLOCK],
    y: [i32; BLOCK],
    z: [i32; BLOCK],
    pub(super) len: u32,
}

/// Eight boxes side by side.
#[derive(Debug, Clone)]
pub(super) struct Boxes {
    low: [[f32; FAN]; 3],
    high: [[f32; FAN]; 3],
}

impl Block {
    pub(super) fn of(spots: &[Spot]) -> Self {
        let along = |axis: fn(&Spot) -> i32| {
            let mut all = [0; BLOCK];
            all.iter_mut().zip(spots).for_each(|(place, spot)| *place = axis(spot));
            all
        };
        Self {
            x: along(|spot| spot.x),
            y: along(|spot| spot.y),
            z: along(|spot| spot.z),
            len: u32::try_from(spots.len()).unwrap_or_default(),
        }
    }

    #[inline]
    pub(super) fn chords2(&self, spot: Spot) -> [f32; BLOCK] {
        let mut chords2 = [0.0; BLOCK];
        let rows = self.x.iter().zip(&self.y).zip(&self.z);
        for (chord2, ((x, y), z)) in chords2.iter_mut().zip(rows) {
            *chord2 = spot.chord2(*x, *y, *z);
        }
        chords2
    }

    #[expect(clippy::cast_precision_loss, reason = "boxes have a margin for it")]
    pub(super) fn bounds(&self) -> Bounds {
        let least = |all: &[i32; BLOCK]| all.iter().take(self.len as usize).min().map_or(0.0, |v| *v as f32);
        let most = |all: &[i32; BLOCK]| all.iter().take(self.len as usize).max().map_or(0.0, |v| *v as f32);
        let axes = [&self.x, &self.y, &self.z];
        (axes.map(|all| least(all) - MARGIN), axes.map(|all| most(all) + MARGIN))
    }
}

impl Boxes {
    pub(super) fn of(boxes: &[Bounds]) -> Self {
        // Where there is no box, nothing is near.
        let mut side = Self { low: [[f32::MAX; FAN]; 3], high: [[f32::MAX; FAN]; 3] };
        for (at, (low, high)) in boxes.iter().enumerate() {
            for axis in 0..3 {
                put(&mut side.low, axis, at, low);
                put(&mut side.high, axis, at, high);
            }
        }
        side
    }

    /// The squared chord to the nearest that can be in each of the boxes.
    #[inline]
    pub(super) fn chords2(&self, spot: Spot) -> [f32; FAN] {
        let mut chords2 = [0.0; FAN];
        for ((low, high), here) in self.low.iter().zip(&self.high).zip(spot.along_all()) {
            for ((chord2, low), high) in chords2.iter_mut().zip(low).zip(high) {
                let apart = (low - here).max(here - high).max(0.0);
                *chord2 += apart * apart;
            }
        }
        chords2
    }
}

fn put(side: &mut [[f32; FAN]; 3], axis: usize, at: usize, from: &[f32; 3]) {
    let place = side.get_mut(axis).and_then(|all| all.get_mut(at));
    if let (Some(place), Some(value)) = (place, from.get(axis)) {
        *place = *value;
    }
}

/// The bounds of all of them together.
pub(super) fn around_all(boxes: &[Bounds]) -> Bounds {
    let start = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    boxes.iter().fold(start, |(low, high), (other_low, other_high)| {
        (each(low, *other_low, f32::min), each(high, *other_high, f32::max))
    })
}

fn each([a, b, c]: [f32; 3], [x, y, z]: [f32; 3], of: fn(f32, f32) -> f32) -> [f32; 3] {
    [of(a, x), of(b, y), of(c, z)]
}
