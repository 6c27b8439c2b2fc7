//! From lists of the nearest to the best over everyone, where whole quarters are full.
//!
//! By short lists alone the requests of a full quarter outbid each other until staying open is cheaper, which takes long
//! and makes prices of which none is true: who is looked for at those is the wrong one. So staying open is made cheap at
//! first, and dearer only for those who found nobody anywhere at that price: what is paid in a quarter grows to what the
//! way out of it costs, and no further (column generation with bounded duals: du Merle, Villeneuve, Desrosiers, Hansen,
//! Discrete Mathematics 194, 1999).

use std::num::NonZeroUsize;

use super::beyond::Looked;
use super::draft::{Draft, Finish};
use super::market::{OPEN, numbers};
use super::problem::{Problem, Way};

/// At first staying open costs so many times what a typical request pays for its cheapest way, more than that way.
const TYPICAL_WAYS: u64 = 4;
/// And then so many times as much as the time before.
const DEARER: u32 = 2;

/// An assignment whose lists are widened until nobody is missing.
#[derive(Debug, Clone)]
pub struct Widening {
    draft: Draft,
    /// What staying open costs in truth.
    open: Vec<u32>,
    /// Whether staying open may still cost too little.
    is_bounded: bool,
}

impl Widening {
    /// Begins with the lists of the problem.
    #[must_use]
    pub fn of(mut problem: Problem) -> Self {
        let cheapest = |ways: &[Way]| ways.iter().map(|way| way.cost).min();
        let ways = numbers(problem.requests()).filter_map(|request| cheapest(problem.ways(request)));
        let (sum, count) = ways.fold((0_u64, 0_u64), |(sum, count), cost| (sum + u64::from(cost), count + 1));
        let more = u32::try_from(TYPICAL_WAYS * sum / count.max(1)).unwrap_or(u32::MAX).max(1);
        let open = numbers(problem.requests()).filter_map(|request| problem.open_cost(request)).collect();
        for request in numbers(problem.requests()) {
            let cheapest = cheapest(problem.ways(request)).unwrap_or(0);
            if let Some(ask) = problem.asks.get_mut(request as usize) {
                ask.open = ask.open.min(cheapest.saturating_add(more));
            }
        }
        Self { draft: Draft::of(problem, Finish::Exact, NonZeroUsize::MIN), open, is_bounded: true }
    }

    /// The draft as it is. While [`look`](Self::look) has something to do, staying open may cost too little in it.
    #[must_use]
    pub const fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The draft over everyone who was found. Taken before that, it is of a problem in which staying open costs too little.
    #[must_use]
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// Looks once for whoever is cheaper than what requests pay, as [`Draft::look_beyond`] does: for those who stay open
    /// at too low a cost first, for everyone once there are none. Done when nobody was added and the answer is whole.
    pub fn look(&mut self, mut find: impl FnMut(u32, u32, &mut Vec<Way>)) -> Step {
        if !self.is_bounded {
            return Step::Whole(self.draft.look_beyond(find));
        }
        let waiting = self.bounded();
        let mut is_waiting = vec![false; self.open.len()];
        for request in &waiting {
            if let Some(is_waiting) = is_waiting.get_mut(*request as usize) {
                *is_waiting = true;
            }
        }
        self.draft.look_beyond(|request, below, found| {
            if is_waiting.get(request as usize) == Some(&true) {
                find(request, below, found);
            }
        });
        let still = self.bounded();
        for request in &still {
            let open = self.open.get(*request as usize).copied().unwrap_or(0);
            let bound = self.draft.problem().open_cost(*request).unwrap_or(open);
            self.draft.make_open_dearer(*request, bound.saturating_mul(DEARER).min(open));
        }
        self.draft.settle();
        if self.bounded().is_empty() {
            self.unbind();
        }
        Step::Bounded(still.len())
    }

    /// Staying open costs what it does in truth from here on. Whoever has a place pays less than either, so that all stay
    /// content.
    fn unbind(&mut self) {
        for (request, open) in numbers(self.open.len()).zip(&self.open) {
            if let Some(ask) = self.draft.market.problem.asks.get_mut(request as usize) {
                ask.open = *open;
            }
        }
        self.is_bounded = false;
    }

    /// The requests that stay open because that costs less than in truth.
    fn bounded(&self) -> Vec<u32> {
        let requests = numbers(self.open.len()).zip(&self.open);
        requests
            .filter(|(request, open)| {
                self.draft.market.seat(*request).at == OPEN
                    && self.draft.problem().open_cost(*request).is_some_and(|bound| bound < **open)
            })
            .map(|(request, _)| request)
            .collect()
    }
}

/// What one look did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many requests found nobody at what staying open was made to cost: it costs them more now.
    Bounded(usize),
    /// Everyone was looked for; see [`Looked`] for what that proves.
    Whole(Looked),
}

impl Draft {
    /// Staying open costs a request so much, which is no less than before.
    fn make_open_dearer(&mut self, request: u32, open: u32) {
        if let Some(ask) = self.market.problem.asks.get_mut(request as usize) {
            ask.open = open.max(ask.open);
        }
        if self.market.seat(request).at == OPEN {
            self.market.unseat(request);
            self.waiting.push(request);
        }
    }
}
