//! A grid of H3 cells, searched ring by ring.

use std::collections::HashMap;

use h3o::{CellIndex, LatLng, Resolution};

use super::{Ask, Flat, Found, Kept, metres};

const SIZE: Resolution = Resolution::Eight;
/// The next ring is at least so much farther: well below the smallest cell's width in Kazakhstan.
const RING: f64 = 600.0;
const FARTHEST: f64 = 12_001.0;

pub(crate) struct Cells {
    pub(crate) members: HashMap<CellIndex, Vec<u32>>,
}

pub(crate) fn cell(lat: f64, lon: f64) -> Option<CellIndex> {
    LatLng::new(lat, lon).ok().map(|place| place.to_cell(SIZE))
}

impl Cells {
    pub(crate) fn of(flat: &[Flat]) -> Self {
        let mut members: HashMap<CellIndex, Vec<u32>> = HashMap::new();
        for (number, who) in (0..).zip(flat) {
            if let Some(cell) = cell(who.lat, who.lon) {
                members.entry(cell).or_default().push(number);
            }
        }
        Self { members }
    }

    pub(crate) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        let mut kept = Kept::new();
        let Some(middle) = cell(ask.lat, ask.lon) else { return kept.found };
        for ring in 0_u32.. {
            // Whoever is in this ring is at least so far: the middle may be at its cell's edge.
            let least = f64::from(ring.saturating_sub(1)) * RING;
            if least > kept.limit().min(FARTHEST) {
                break;
            }
            for cell in middle.grid_ring::<Vec<_>>(ring) {
                for number in self.members.get(&cell).into_iter().flatten() {
                    self.consider(flat, ask, *number, &mut kept);
                }
            }
        }
        kept.found
    }

    fn consider(&self, flat: &[Flat], ask: &Ask, number: u32, kept: &mut Kept) {
        let Some(who) = flat.get(number as usize) else { return };
        let chord2: f64 = who.point.iter().zip(&ask.point).map(|(a, b)| (a - b) * (a - b)).sum();
        let metres = metres(chord2);
        if who.may(ask, metres) {
            kept.offer((metres, number));
        }
    }
}
