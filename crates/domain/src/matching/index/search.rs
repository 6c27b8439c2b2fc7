//! The walk outward: whoever cannot be among the best is passed by, alone, with their leaf, or with
//! a whole part of the tree.

use std::cmp::Ordering;

use super::best::{Best, Offer, Order};
use super::closest::Closest;
use super::leaf::{Leaf, places, within};
use super::question::{Asker, Question, Told, ToldRows, Verdict};
use super::roll::{Kept, Roll};
use super::row::FAR;
use super::traits::Traits;
use super::tree::Walk;
use crate::place::{Metres, Stretch, chord2_sure, chord2_within, chord2_within_few, stretch};

/// A row as a price sees it: what is known without looking at whom it stands for.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct Sight<'l> {
    leaf: &'l Leaf,
    row: u32,
    pub(super) handle: u32,
    chord2: f32,
}

/// What only the one that a row stands for can tell.
pub(in crate::matching) trait Truth<T> {
    /// Whether this one may be taken at all.
    fn admits(&self, item: &T) -> bool;
    /// Whether the row of the place last seen is the one that counts now.
    fn is_sighted(&self, item: &T) -> bool;
    /// What this one costs.
    fn cost(&self, item: &T) -> u64;
}

/// By what the best are chosen, where that is more than how near they are.
pub(in crate::matching) trait Price<T>: Truth<T> {
    /// The least and the most that this one can cost; none when they were looked at before the walk.
    fn bounds(&self, sight: Sight<'_>) -> Option<(u64, u64)>;
    /// Nobody who is farther costs so little, or less, but those who were looked at before the walk.
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

    #[inline]
    pub(super) fn stretch(self) -> Stretch {
        stretch(self.chord2)
    }
}

/// Decides by whom the handles stand for.
pub(super) struct ById<'s, T: Kept, P> {
    pub(super) roll: &'s Roll<T>,
    pub(super) price: &'s P,
}

impl<T: Kept, P: Truth<T>> Order for ById<'_, T, P> {
    fn cost(&self, handle: u32) -> u64 {
        self.roll.by_handle(handle).map_or(u64::MAX, |item| self.price.cost(item))
    }

    fn before(&self, a: u32, b: u32) -> Ordering {
        self.roll.id(a).cmp(&self.roll.id(b))
    }
}

/// Who is kept of those whom nothing speaks against.
trait Keeper {
    /// Nobody beyond this squared chord is kept.
    fn limit2(&self) -> f32;
    fn keep(&mut self, sight: Sight<'_>);
}

struct Nearest<'s, T: Kept, P> {
    order: ById<'s, T, P>,
    closest: &'s mut Closest,
}

impl<T: Kept, P: Truth<T>> Keeper for Nearest<'_, T, P> {
    #[inline]
    fn limit2(&self) -> f32 {
        self.closest.limit2()
    }

    #[inline]
    fn keep(&mut self, sight: Sight<'_>) {
        self.closest.offer(sight.chord2, sight.handle, &self.order);
    }
}

struct Cheapest<'s, T: Kept, P> {
    order: ById<'s, T, P>,
    best: &'s mut Best,
    limit2: f32,
}

impl<T: Kept, P: Price<T>> Keeper for Cheapest<'_, T, P> {
    #[inline]
    fn limit2(&self) -> f32 {
        self.limit2
    }

    #[inline]
    fn keep(&mut self, sight: Sight<'_>) {
        let Some((least, most)) = self.order.price.bounds(sight) else { return };
        if self.best.offer(Offer { least, most, handle: sight.handle }, &self.order) {
            self.limit2 = chord2_within(self.order.price.farthest(self.best.limit()));
        }
    }
}

struct Search<'s, T: Kept, P, K> {
    roll: &'s Roll<T>,
    question: &'s Question<'s>,
    truth: &'s P,
    keeper: K,
}

impl<T: Kept> Roll<T> {
    /// The nearest `wanted` of those who are somewhere and not farther than so.
    pub(in crate::matching) fn closest_around<'b>(
        &self,
        question: &Question<'_>,
        truth: &impl Truth<T>,
        within: Metres,
        wanted: usize,
        closest: &'b mut Closest,
    ) -> &'b [Offer] {
        // Nobody comes from beyond the greatest reach.
        let reach = self.tree.reach();
        let far2 = if reach == FAR { f32::INFINITY } else { chord2_within_few(reach) };
        closest.begin(wanted, chord2_within(within).min(far2));
        if wanted > 0 {
            let keeper = Nearest { order: ById { roll: self, price: truth }, closest };
            self.tree.outward(question.spot, &mut Search { roll: self, question, truth, keeper });
        }
        closest.settle(&ById { roll: self, price: truth })
    }

    /// The best `wanted` of those who are somewhere. `known` are looked at first, and not again.
    pub(in crate::matching) fn best_around<'b>(
        &self,
        question: &Question<'_>,
        price: &impl Price<T>,
        known: &[u32],
        wanted: usize,
        best: &'b mut Best,
    ) -> &'b [Offer] {
        self.begin(price, known, wanted, best);
        if wanted > 0 {
            let limit2 = chord2_within(price.farthest(best.limit()));
            let keeper = Cheapest { order: ById { roll: self, price }, best, limit2 };
            self.tree.outward(question.spot, &mut Search { roll: self, question, truth: price, keeper });
        }
        best.settle(&ById { roll: self, price })
    }

    /// The best `wanted` of all, or of those who are nowhere; how far they are does not matter.
    pub(in crate::matching) fn best_of<'b>(
        &self,
        whom: Whom,
        question: &Question<'_>,
        price: &impl Price<T>,
        known: &[u32],
        wanted: usize,
        best: &'b mut Best,
    ) -> &'b [Offer] {
        self.begin(price, known, wanted, best);
        let keeper = Cheapest { order: ById { roll: self, price }, best, limit2: f32::INFINITY };
        let mut search = Search { roll: self, question, truth: price, keeper };
        let mut look = |leaf: &Leaf| {
            if wanted > 0 && search.question.possible(leaf.any, FAR, 0.0) {
                search.look_anywhere(leaf);
            }
        };
        match whom {
            Whom::All => self.tree.all_blocks().for_each(&mut look),
            Whom::Nowhere => self.tree.nowhere_blocks().for_each(&mut look),
        }
        best.settle(&ById { roll: self, price })
    }

    fn begin(&self, price: &impl Price<T>, known: &[u32], wanted: usize, best: &mut Best) {
        best.begin(wanted);
        let order = ById { roll: self, price };
        for handle in known.iter().copied().filter(|_| wanted > 0) {
            if self.by_handle(handle).is_some_and(|item| price.admits(item)) {
                let cost = order.cost(handle);
                best.offer(Offer { least: cost, most: cost, handle }, &order);
            }
        }
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

impl<T: Kept, P: Truth<T>, K: Keeper> Walk for Search<'_, T, P, K> {
    #[inline]
    fn limit(&self) -> f32 {
        self.keeper.limit2()
    }

    #[inline]
    fn wants(&self, any: Traits, reach: u16, chord2: f32) -> bool {
        self.question.possible(any, reach, chord2)
    }

    #[inline]
    fn touch(&self, leaf: &Leaf) -> u32 {
        leaf.touch()
    }

    fn leaf(&mut self, leaf: &Leaf, _chord2: f32) {
        let fitting = self.question.fitting(leaf);
        if fitting == 0 {
            return;
        }
        if fitting.is_power_of_two() {
            // Who asks for something rare finds one row at most: the others' distances are nobody's concern.
            let row = fitting.trailing_zeros();
            return self.look(leaf, row, leaf.chord2(row, self.question.spot), &self.question.told(leaf));
        }
        let chords2 = leaf.chords2(self.question.spot);
        let near = fitting & within(&chords2, self.keeper.limit2());
        if near == 0 {
            return;
        }
        let told = self.question.told(leaf);
        for row in places(near) {
            let chord2 = chords2.get(row as usize % chords2.len()).copied().unwrap_or(f32::INFINITY);
            self.look(leaf, row, chord2, &told);
        }
    }
}

impl<T: Kept, P: Truth<T>, K: Keeper> Search<'_, T, P, K> {
    /// A row that has the traits asked for.
    #[inline]
    fn look(&mut self, leaf: &Leaf, row: u32, chord2: f32, told: &ToldRows) {
        if chord2 > self.keeper.limit2() {
            return;
        }
        let (bounds, question) = (leaf.bounds(row), self.question);
        let sight = Sight { leaf, row, handle: leaf.handle(row), chord2 };
        let is_now = told.is_timeless(row) || told.is_plain(row) && question.surely_now(leaf.times(row));
        if is_now && question.surely(bounds) && chord2 <= question.surely_near2(bounds)
            || self.may(sight, self.in_reach(sight, told.of(row)))
        {
            self.keeper.keep(sight);
        }
    }

    fn look_anywhere(&mut self, leaf: &Leaf) {
        let told = self.question.told(leaf);
        for row in places(self.question.fitting(leaf)) {
            let sight = Sight { leaf, row, handle: leaf.handle(row), chord2: 0.0 };
            let verdict = self.question.verdict(leaf.limits(row), told.of(row), &self.roll.alike);
            if self.may(sight, verdict) {
                self.keeper.keep(sight);
            }
        }
    }

    /// Whether a row is wanted, the way there not left aside.
    #[inline(never)]
    fn in_reach(&self, sight: Sight<'_>, told: Told) -> Verdict {
        let limits = sight.leaf.limits(sight.row);
        let verdict = self.question.verdict(limits, told, &self.roll.alike);
        if verdict == Verdict::No {
            return verdict;
        }
        match self.question.asker {
            Asker::Volunteer { limit, .. } => {
                let stretch = sight.stretch();
                if stretch.least > limit {
                    Verdict::No
                } else if stretch.most > limit {
                    Verdict::Unsure
                } else {
                    verdict
                }
            }
            Asker::Request(_) if limits.radius == FAR => Verdict::Unsure,
            Asker::Request(_) if sight.chord2 <= chord2_sure(limits.radius) => verdict,
            Asker::Request(_) if sight.chord2 > chord2_within_few(limits.radius) => Verdict::No,
            Asker::Request(_) => Verdict::Unsure,
        }
    }

    #[inline]
    fn may(&self, sight: Sight<'_>, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Yes => true,
            Verdict::No => false,
            Verdict::Unsure => self.admits(sight),
        }
    }

    /// The truth of the one that this row stands for, if it does now.
    #[cold]
    fn admits(&self, sight: Sight<'_>) -> bool {
        let Some(item) = self.roll.by_handle(sight.handle) else { return false };
        let stands = if sight.has_any(Traits::SIGHTED) {
            self.truth.is_sighted(item)
        } else {
            !sight.has_any(Traits::FALLBACK) || !self.truth.is_sighted(item)
        };
        stands && self.truth.admits(item)
    }
}
