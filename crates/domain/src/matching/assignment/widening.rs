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
    /// What the cheapest way costs of those that were listed at first.
    cheapest: Vec<u32>,
    /// By how much staying open costs more than that, at most; none once it costs what it does in truth.
    more: Option<u32>,
}

impl Widening {
    /// Begins with the lists of the problem.
    #[must_use]
    pub fn of(mut problem: Problem) -> Self {
        let requests = || numbers(problem.requests());
        let cheapest = |request| problem.ways(request).iter().map(|way| way.cost).min();
        let (sum, count) = requests()
            .filter_map(cheapest)
            .fold((0_u64, 0_u64), |(sum, count), cost| (sum + u64::from(cost), count + 1));
        let more = u32::try_from(TYPICAL_WAYS * sum / count.max(1)).unwrap_or(u32::MAX).max(1);
        let open = requests().filter_map(|request| problem.open_cost(request)).collect();
        let cheapest: Vec<u32> = requests().map(|request| cheapest(request).unwrap_or(0)).collect();
        for (ask, cheapest) in problem.asks.iter_mut().zip(&cheapest) {
            ask.open = ask.open.min(cheapest.saturating_add(more));
        }
        let draft = Draft::of(problem, Finish::Exact, NonZeroUsize::MIN);
        Self { draft, open, cheapest, more: Some(more) }
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

    /// Looks once for whoever is cheaper than what requests pay, as [`Draft::look_beyond`] does, and makes staying open
    /// dearer while somebody does so for less than it costs. Done when the step is whole and nobody was added.
    pub fn look(&mut self, find: impl FnMut(u32, u32, &mut Vec<Way>)) -> Step {
        let Some(more) = self.more else { return Step::Whole(self.draft.look_beyond(find)) };
        self.draft.look_beyond(find);
        let still = self.bounded();
        let more = more.saturating_mul(DEARER);
        if still > 0 {
            self.bind(more);
            self.draft.settle();
        }
        self.more = Some(more);
        if self.bounded() == 0 {
            self.unbind();
        }
        Step::Bounded(still)
    }

    /// Staying open costs every request so much more than its cheapest way at most.
    fn bind(&mut self, more: u32) {
        for (request, (open, cheapest)) in numbers(self.open.len()).zip(self.open.iter().zip(&self.cheapest))
        {
            self.draft.make_open_dearer(request, cheapest.saturating_add(more).min(*open));
        }
    }

    /// Staying open costs what it does in truth from here on. Whoever has a place pays less than either, so that all stay
    /// content.
    fn unbind(&mut self) {
        for (request, open) in numbers(self.open.len()).zip(&self.open) {
            if let Some(ask) = self.draft.market.problem.asks.get_mut(request as usize) {
                ask.open = *open;
            }
        }
        self.more = None;
    }

    /// How many requests stay open because that costs less than in truth.
    fn bounded(&self) -> usize {
        let requests = numbers(self.open.len()).zip(&self.open);
        let is_bounded = |(request, open): &(u32, &u32)| {
            let bound = self.draft.problem().open_cost(*request);
            self.draft.market.seat(*request).at == OPEN && bound.is_some_and(|bound| bound < **open)
        };
        requests.filter(is_bounded).count()
    }
}

/// What one look did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many requests found nobody at what staying open was made to cost: it costs more now.
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
