//! An assignment under way: drawn up, changed a little, settled again from the prices that hold already.

use std::num::NonZeroUsize;

use super::answer::{Answer, bound_of_any_prices, bound_of_fair_prices};
use super::auction::auction;
use super::callers::Callers;
use super::labels::Labels;
use super::market::{Market, NOBODY, numbers};
use super::parts;
use super::problem::Problem;
use super::relief::relieve;
use super::seating::seat;

/// How far the work goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Until every request is at most so much worse off than it could be: sooner done, and near the best.
    Near {
        /// In the problem's own unit of cost.
        increment: u32,
    },
    /// Until nothing is cheaper.
    Exact,
}

/// Of how many parts the typical cost of a cheapest way is, by as much as which the auction raises prices.
/// A finer one leaves less to the exact finish and takes longer itself; measured in benches/README.md.
const PARTS_OF_TYPICAL_COST: u64 = 2;
/// So many changed requests in a hundred, and the lists of callers are drawn up anew.
const CHANGED_PERCENT: usize = 20;

/// An assignment that can be changed and settled again. The answer depends on the problem and the changes
/// alone: on no chance, no clock and no number of threads.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) market: Market,
    /// Requests that may be without a place.
    pub(super) waiting: Vec<u32>,
    /// Volunteers who may have vacancies.
    pub(super) vacated: Vec<u32>,
    pub(super) callers: Option<Callers>,
    labels: Labels,
    is_fair: bool,
}

impl Draft {
    /// Assigns everything, on so many threads at most.
    #[must_use]
    pub fn of(problem: Problem, finish: Finish, threads: NonZeroUsize) -> Self {
        let increment = match finish {
            Finish::Near { increment } => increment,
            Finish::Exact => increment_for(&problem),
        };
        if threads.get() > 1 {
            return parts::assign(problem, finish, increment, threads);
        }
        let mut draft = Self::drawn_up(problem, finish, increment);
        draft.make_ready(finish);
        draft
    }

    /// Draws up what changes need. It is done whether or not it is needed now, so that what becomes of changes
    /// does not depend on how the draft was made.
    pub(super) fn make_ready(&mut self, finish: Finish) {
        if finish == Finish::Exact {
            self.is_fair = true;
            if self.callers.is_none() {
                self.callers = Some(Callers::of(&self.market.problem));
            }
        }
    }

    pub(super) fn drawn_up(problem: Problem, finish: Finish, increment: u32) -> Self {
        let mut draft = Self::unsettled(Market::open(problem));
        auction(&mut draft.market, i32::try_from(increment).unwrap_or(i32::MAX).clamp(1, MOST_INCREMENT));
        if finish == Finish::Exact {
            draft.settle();
        }
        draft
    }

    pub(super) fn unsettled(market: Market) -> Self {
        Self {
            market,
            waiting: Vec::new(),
            vacated: Vec::new(),
            callers: None,
            labels: Labels::default(),
            is_fair: false,
        }
    }

    /// Makes it the cheapest, from the prices that are there.
    pub fn settle(&mut self) {
        if !self.is_fair {
            self.market.unseat_the_discontent();
            self.waiting = numbers(self.market.seats.len()).collect();
            self.vacated = numbers(self.market.stalls.len()).collect();
            self.is_fair = true;
        }
        for request in std::mem::take(&mut self.waiting) {
            if self.market.seat(request).at == NOBODY {
                seat(&mut self.market, &mut self.labels, request);
            }
        }
        let vacated = std::mem::take(&mut self.vacated);
        if vacated.iter().any(|volunteer| self.market.has_vacancy(*volunteer)) {
            self.relieve_all(vacated);
        }
    }

    fn relieve_all(&mut self, vacated: Vec<u32>) {
        let most = self.market.seats.len() * CHANGED_PERCENT / 100;
        let known = self.callers.take().filter(|callers| callers.changes() <= most);
        let callers = known.unwrap_or_else(|| Callers::of(&self.market.problem));
        for volunteer in vacated {
            relieve(&mut self.market, &mut self.labels, &callers, volunteer);
        }
        self.callers = Some(callers);
    }

    /// The problem as it is now, with all changes.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.market.problem
    }

    /// What it comes to, as it was settled last.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let is_settled = self.is_fair && self.waiting.is_empty() && self.vacated.is_empty();
        let bound =
            if is_settled { bound_of_fair_prices(&self.market) } else { bound_of_any_prices(&self.market) };
        Answer::of(&self.market, bound)
    }
}

/// Prices stay within what numbers can hold.
const MOST_INCREMENT: i32 = 1 << 27;

/// Where too many ask for too little room, each outbids the other until staying open is cheaper: so often at most.
const MOST_BIDS: u64 = 1_000;

/// A fitting increment for what ways and staying open cost here.
fn increment_for(problem: &Problem) -> u32 {
    let cheapest = |request| problem.ways(request).iter().map(|way| way.cost).min();
    let typical = mean(numbers(problem.requests()).filter_map(cheapest));
    let open = mean(numbers(problem.requests()).filter_map(|request| problem.open_cost(request)));
    u32::try_from((typical / PARTS_OF_TYPICAL_COST).max(open / MOST_BIDS)).unwrap_or(u32::MAX)
}

fn mean(costs: impl Iterator<Item = u32>) -> u64 {
    let (sum, count) = costs.fold((0_u64, 0_u64), |(sum, count), cost| (sum + u64::from(cost), count + 1));
    sum / count.max(1)
}
