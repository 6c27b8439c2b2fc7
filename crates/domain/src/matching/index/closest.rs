//! The nearest few: kept by their squared chords while the walk goes on, told apart by whole metres
//! and ids only at its end.

use super::best::{Offer, Order};
use crate::place::{chord2_told_apart, stretch};

/// Held beyond the wanted number before those who are equally near are told apart, so that no crowd
/// on one spot fills the memory.
const PATIENCE: usize = 64;

/// Keeps whoever may be among the nearest. Its memory serves for many questions.
#[derive(Debug, Clone, Default)]
pub(in crate::matching) struct Closest {
    wanted: usize,
    /// Squared chord and handle as one number, in order.
    held: Vec<u64>,
    /// Nobody beyond this squared chord is among the nearest.
    limit2: f32,
    found: Vec<Offer>,
}

impl Closest {
    pub(super) fn begin(&mut self, wanted: usize, limit2: f32) {
        self.wanted = wanted;
        self.limit2 = limit2;
        self.held.clear();
    }

    #[inline]
    pub(super) const fn limit2(&self) -> f32 {
        self.limit2
    }

    /// Considers someone within the limit.
    #[inline]
    pub(super) fn offer(&mut self, chord2: f32, handle: u32, order: &impl Order) {
        // Numbers that are not negative are in the order of their bits.
        self.insert(u64::from(chord2.to_bits()) << 32 | u64::from(handle));
        if let Some(last) = self.wanted.checked_sub(1).and_then(|last| self.held.get(last)) {
            self.limit2 = self.limit2.min(chord2_told_apart(chord2_of(*last)));
            while self.held.last().is_some_and(|last| chord2_of(*last) > self.limit2) {
                self.held.pop();
            }
        }
        if self.held.len() >= self.wanted + PATIENCE {
            self.sort(order);
            self.held.clear();
            self.held.extend(self.found.iter().map(|offer| offer.most << 32 | u64::from(offer.handle)));
            self.held.sort_unstable();
        }
    }

    /// Keeps the keys in order. Few are held and most come near the end, so that stepping beats any search.
    #[inline]
    fn insert(&mut self, key: u64) {
        self.held.push(key);
        let Some((mut here, before)) = self.held.split_last_mut() else { return };
        for known in before.iter_mut().rev() {
            if *known <= key {
                break;
            }
            *here = *known;
            here = known;
        }
        *here = key;
    }

    /// The nearest, as far as they are in metres.
    pub(super) fn settle(&mut self, order: &impl Order) -> &[Offer] {
        self.sort(order);
        for offer in &mut self.found {
            offer.most = offer.least;
        }
        &self.found
    }

    /// Finds the nearest by whole metres and then by id; the chord takes the place of what is most.
    fn sort(&mut self, order: &impl Order) {
        self.found.clear();
        self.found.extend(self.held.iter().map(|key| {
            let (chord2, handle) = (chord2_of(*key), handle_of(*key));
            let stretch = stretch(chord2);
            let sure = stretch.least == stretch.most;
            let least = if sure { u64::from(stretch.least.get()) } else { order.cost(handle) };
            Offer { least, most: *key >> 32, handle }
        }));
        self.found
            .sort_unstable_by(|a, b| a.least.cmp(&b.least).then_with(|| order.before(a.handle, b.handle)));
        self.found.truncate(self.wanted);
    }
}

const fn chord2_of(key: u64) -> f32 {
    f32::from_bits((key >> 32) as u32)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half of the key")]
const fn handle_of(key: u64) -> u32 {
    key as u32
}
