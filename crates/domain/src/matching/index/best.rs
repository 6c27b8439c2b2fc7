//! The best few of those offered, when what each costs is known only from below and from above
//! until it is looked at closely.

/// Offers beyond the wanted number after which the doubtful ones are looked at, so that no crowd of
/// equals fills the memory.
const PATIENCE: usize = 64;

/// Someone who may be taken, and between which bounds their cost is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) struct Offer {
    pub(super) least: u64,
    pub(super) most: u64,
    pub(super) handle: u32,
}

impl Offer {
    /// Whose it is.
    pub(in crate::matching) const fn handle(&self) -> u32 {
        self.handle
    }

    /// What it costs, once that is settled.
    pub(in crate::matching) const fn cost(&self) -> u64 {
        self.least
    }
}

/// Keeps whoever may still be among the best. Its memory serves for many questions.
#[derive(Debug, Clone, Default)]
pub(in crate::matching) struct Best {
    wanted: usize,
    held: Vec<Offer>,
    /// The upper bounds of the best so far, in order; no more of them than are wanted.
    marks: Vec<u64>,
}

impl Best {
    pub(super) fn begin(&mut self, wanted: usize) {
        self.wanted = wanted;
        self.held.clear();
        self.marks.clear();
    }

    /// Whoever costs more than this is not among the best.
    #[inline]
    pub(super) fn limit(&self) -> u64 {
        if self.marks.len() < self.wanted { u64::MAX } else { self.marks.last().copied().unwrap_or(0) }
    }

    /// Whoever may still be among the best.
    pub(super) fn held(&self) -> &[Offer] {
        &self.held
    }

    /// Considers someone; whether the limit is lower for it.
    #[inline]
    pub(super) fn offer(&mut self, offer: Offer, order: &impl Order) -> bool {
        let before = self.limit();
        if offer.least > before {
            return false;
        }
        self.held.push(offer);
        if offer.most < before {
            if self.marks.len() == self.wanted {
                self.marks.pop();
            }
            let place = self.marks.iter().rposition(|mark| *mark <= offer.most).map_or(0, |place| place + 1);
            self.marks.insert(place, offer.most);
        }
        if self.held.len() >= self.wanted + PATIENCE {
            self.settle(order);
        }
        self.limit() < before
    }

    /// Looks at the doubtful closely and lets go of those who are not among the best.
    pub(super) fn settle(&mut self, order: &impl Order) -> &[Offer] {
        let limit = self.limit();
        self.held.retain(|offer| offer.least <= limit);
        for offer in self.held.iter_mut().filter(|offer| offer.least != offer.most) {
            let cost = order.cost(offer.handle);
            *offer = Offer { least: cost, most: cost, ..*offer };
        }
        self.held
            .sort_unstable_by(|a, b| a.least.cmp(&b.least).then_with(|| order.before(a.handle, b.handle)));
        self.held.truncate(self.wanted);
        self.marks.clear();
        self.marks.extend(self.held.iter().map(|offer| offer.most));
        &self.held
    }
}

/// What is decided only where it has to be.
pub(super) trait Order {
    /// What this one costs.
    fn cost(&self, handle: u32) -> u64;
    /// Which of two of equal cost comes first.
    fn before(&self, a: u32, b: u32) -> std::cmp::Ordering;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The true costs by handle; of equal cost, the larger handle comes first.
    struct Costs(Vec<u64>);

    impl Order for Costs {
        fn cost(&self, handle: u32) -> u64 {
            self.0[handle as usize]
        }

        fn before(&self, a: u32, b: u32) -> std::cmp::Ordering {
            b.cmp(&a)
        }
    }

    proptest! {
        #[test]
        fn the_best_are_kept_however_loose_the_bounds(
            offers in proptest::collection::vec((0_u64..40, 0_u64..4, 0_u64..4), 0..400), wanted in 0_usize..20,
        ) {
            let costs = Costs(offers.iter().map(|(cost, _, _)| *cost).collect());
            let mut best = Best::default();
            best.begin(wanted);
            for (handle, (cost, below, above)) in (0..).zip(&offers) {
                if wanted > 0 {
                    best.offer(Offer { least: cost.saturating_sub(*below), most: cost + above, handle }, &costs);
                }
                prop_assert!(best.held.len() <= wanted + PATIENCE);
            }
            let found: Vec<_> = best.settle(&costs).iter().map(|offer| (offer.least, offer.handle)).collect();
            let mut all: Vec<_> = (0_u32..).zip(&costs.0).map(|(handle, cost)| (*cost, handle)).collect();
            all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
            all.truncate(wanted);
            prop_assert_eq!(found, all);
        }
    }
}
