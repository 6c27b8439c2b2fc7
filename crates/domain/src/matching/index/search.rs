//! The walk outward that keeps the best: whoever cannot be among them is passed by, alone, with
//! their leaf, or with a whole side of a plane.

use std::cmp::Ordering;

use super::best::{Best, Offer, Order};
use super::leaf::{Leaf, places};
use super::question::{Asker, Question, Told, Verdict};
use super::roll::{Kept, Roll};
use super::row::FAR;
use super::traits::Traits;
use super::tree::Walk;
use crate::place::{Metres, Stretch, chord2_within, stretch};

/// A row as a price sees it: what is known without looking at whom it stands for.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct Sight<'l> {
    leaf: &'l Leaf,
    row: u32,
    pub(in crate::matching) stretch: Stretch,
}

/// By what the best are chosen.
pub(in crate::matching) trait Price<T> {
    /// The truth: whether this one may be taken at all.
    fn admits(&self, item: &T) -> bool;
    /// Whether the row of the place last seen is the one that counts now.
    fn is_sighted(&self, item: &T) -> bool;
    /// The truth: what this one costs.
    fn cost(&self, item: &T) -> u64;
    /// The least and the most that this one can cost.
    fn bounds(&self, sight: Sight<'_>) -> (u64, u64);
    /// Nobody who is farther costs so little, or less.
    fn farthest(&self, cost: u64) -> Metres;
}

impl Sight<'_> {
    /// Whether the row has any of these traits.
    #[inline]
    pub(super) fn has_any(self, wanted: Traits) -> bool {
        self.leaf.having_any(wanted) >> self.row & 1 == 1
    }

    /// The claims held, as far as traits can count.
    pub(super) fn claims(self) -> u32 {
        self.leaf.claims(self.row)
    }
}

struct Search<'s, T: Kept, P> {
    roll: &'s Roll<T>,
    question: &'s Question<'s>,
    price: &'s P,
    best: &'s mut Best,
    limit: f32,
}

/// Decides by whom the handles stand for.
pub(super) struct ById<'s, T: Kept, P> {
    pub(super) roll: &'s Roll<T>,
    pub(super) price: &'s P,
}

impl<T: Kept, P: Price<T>> Order for ById<'_, T, P> {
    fn cost(&self, handle: u32) -> u64 {
        self.roll.by_handle(handle).map_or(u64::MAX, |item| self.price.cost(item))
    }

    fn before(&self, a: u32, b: u32) -> Ordering {
        self.roll.id(a).cmp(&self.roll.id(b))
    }
}

impl<T: Kept> Roll<T> {
    /// The best `wanted` of those who are somewhere.
    pub(in crate::matching) fn best_around<'b>(
        &self,
        question: &Question<'_>,
        price: &impl Price<T>,
        wanted: usize,
        best: &'b mut Best,
    ) -> &'b [Offer] {
        best.begin(wanted);
        if !best.wants_nobody() {
            let limit = chord2_within(price.farthest(u64::MAX));
            let mut search = Search { roll: self, question, price, best, limit };
            self.tree.outward(question.spot, &mut search);
        }
        best.settle(&ById { roll: self, price })
    }

    /// The best `wanted` of all, or of those who are nowhere; how far they are does not matter.
    pub(in crate::matching) fn best_of<'b>(
        &self,
        whom: Whom,
        question: &Question<'_>,
        price: &impl Price<T>,
        wanted: usize,
        best: &'b mut Best,
    ) -> &'b [Offer] {
        best.begin(wanted);
        let mut search = Search { roll: self, question, price, best, limit: f32::INFINITY };
        for leaf in self.tree.all_blocks().filter(|leaf| whom == Whom::All || leaf.is_nowhere()) {
            if wanted > 0 && search.question.possible(leaf.any, FAR, 0.0) {
                search.look(leaf, Distance::None);
            }
        }
        best.settle(&ById { roll: self, price })
    }

    pub(in crate::matching) fn id_of(&self, offer: &Offer) -> Option<T::Id> {
        self.id(offer.handle)
    }

    pub(in crate::matching) fn item_of(&self, offer: &Offer) -> Option<&T> {
        self.by_handle(offer.handle)
    }
}

/// Who is looked at when distance plays no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) enum Whom {
    All,
    Nowhere,
}

/// Whether the way there matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distance {
    Counts,
    None,
}

impl<T: Kept, P: Price<T>> Walk for Search<'_, T, P> {
    #[inline]
    fn limit(&self) -> f32 {
        self.limit
    }

    #[inline]
    fn wants(&self, any: Traits, reach: u16, chord2: f32) -> bool {
        self.question.possible(any, reach, chord2)
    }

    fn leaf(&mut self, leaf: &Leaf) {
        self.look(leaf, Distance::Counts);
    }
}

impl<T: Kept, P: Price<T>> Search<'_, T, P> {
    fn look(&mut self, leaf: &Leaf, distance: Distance) {
        let rows = self.question.fitting(leaf);
        if rows == 0 {
            return;
        }
        let chords = leaf.chords2(self.question.spot);
        let told = self.question.told(leaf);
        for row in places(rows) {
            let chord2 = match distance {
                Distance::Counts => chords.get(row as usize).copied().unwrap_or(f32::INFINITY),
                Distance::None => 0.0,
            };
            if chord2 <= self.limit {
                self.consider(leaf, row, chord2, told.of(row), distance);
            }
        }
    }

    #[inline]
    fn consider(&mut self, leaf: &Leaf, row: u32, chord2: f32, told: Told, distance: Distance) {
        let mut verdict = self.question.verdict(leaf, row, told, &self.roll.alike);
        if verdict == Verdict::No {
            return;
        }
        let sight = Sight { leaf, row, stretch: stretch(chord2) };
        if distance == Distance::Counts {
            verdict = self.within_reach(sight, verdict);
        }
        let handle = leaf.handle(row);
        if verdict == Verdict::No || verdict == Verdict::Unsure && !self.admits(sight, handle) {
            return;
        }
        let (least, most) = self.price.bounds(sight);
        let order = ById { roll: self.roll, price: self.price };
        if self.best.offer(Offer { least, most, handle }, &order) {
            self.limit = chord2_within(self.price.farthest(self.best.limit()));
        }
    }

    /// What remains of a verdict when the volunteer's own radius is asked.
    #[inline]
    fn within_reach(&self, sight: Sight<'_>, verdict: Verdict) -> Verdict {
        let radius = match self.question.asker {
            Asker::Request(_) => Some(sight.leaf.radius(sight.row)).filter(|radius| *radius < FAR),
            Asker::Volunteer { limit, .. } => return reaches(limit, sight, verdict),
        };
        radius.map_or(Verdict::Unsure, |radius| reaches(Metres::new(u32::from(radius)), sight, verdict))
    }

    /// The truth of the one that this row stands for, if it does now.
    fn admits(&self, sight: Sight<'_>, handle: u32) -> bool {
        let Some(item) = self.roll.by_handle(handle) else { return false };
        let stands = if sight.has_any(Traits::SIGHTED) {
            self.price.is_sighted(item)
        } else {
            !sight.has_any(Traits::FALLBACK) || !self.price.is_sighted(item)
        };
        stands && self.price.admits(item)
    }
}

#[inline]
fn reaches(limit: Metres, sight: Sight<'_>, verdict: Verdict) -> Verdict {
    if sight.stretch.least > limit {
        Verdict::No
    } else if sight.stretch.most > limit {
        Verdict::Unsure
    } else {
        verdict
    }
}
