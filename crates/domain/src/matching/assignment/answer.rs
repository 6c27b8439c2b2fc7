//! What a draft comes to: who does what, what it costs, what is left over and why, and how far from the best
//! it can be at most.

use super::market::{APART, Market, OPEN, numbers};
use super::problem::{Problem, Way};

/// Where a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// With a volunteer, by number.
    With(u32),
    /// Nobody does it.
    Open,
    /// It was withdrawn.
    Gone,
}

/// Why nobody does a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOver {
    /// There is no way to serve it.
    NoCandidate,
    /// Whoever could serve it has no room left.
    AllFull,
    /// Somebody has room, and serving it would cost more than leaving it open.
    CheaperOpen,
}

/// An assignment, and the prices that say how good it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// By the requests' numbers.
    pub places: Vec<Place>,
    /// By the volunteers' numbers: what having one task less of theirs would be worth to the others.
    pub prices: Vec<u32>,
    /// Of all ways, steps and open requests together.
    pub cost: u64,
    /// No assignment costs less, by these prices.
    pub bound: u64,
}

impl Answer {
    pub(super) fn of(market: &Market, bound: u64) -> Self {
        let places = numbers(market.seats.len()).map(|request| place_of(market, request)).collect();
        let prices = market.stalls.iter().map(|stall| stall.price.unsigned_abs()).collect();
        Self { places, prices, cost: cost(market), bound }
    }

    /// The most by which this can be above the cheapest, in per cent of its cost.
    #[must_use]
    pub fn gap_percent(&self) -> f64 {
        let gap = self.cost.saturating_sub(self.bound);
        if gap == 0 { 0.0 } else { 100.0 * as_real(gap) / as_real(self.cost) }
    }

    /// The requests of every volunteer, by number, in the order of their numbers.
    #[must_use]
    pub fn by_volunteer(&self) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); self.prices.len()];
        for (request, place) in (0..).zip(&self.places) {
            if let Place::With(volunteer) = place
                && let Some(list) = lists.get_mut(*volunteer as usize)
            {
                list.push(request);
            }
        }
        lists
    }

    /// Every request that nobody does, and why.
    #[must_use]
    pub fn left_over(&self, problem: &Problem) -> Vec<(u32, LeftOver)> {
        let lists = self.by_volunteer();
        let has_room = |way: &Way| {
            let tasks = lists.get(way.volunteer as usize).map_or(0, Vec::len);
            tasks < problem.all_steps(way.volunteer).len()
        };
        let open = (0..).zip(&self.places).filter(|(_, place)| **place == Place::Open);
        open.map(|(request, _)| {
            let ways = problem.ways(request);
            let why = if ways.is_empty() {
                LeftOver::NoCandidate
            } else if ways.iter().any(has_room) {
                LeftOver::CheaperOpen
            } else {
                LeftOver::AllFull
            };
            (request, why)
        })
        .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "for per cents")]
const fn as_real(number: u64) -> f64 {
    number as f64
}

fn place_of(market: &Market, request: u32) -> Place {
    match market.seat(request).at {
        OPEN => Place::Open,
        APART => market.problem.locked(request).map_or(Place::Gone, |way| Place::With(way.volunteer)),
        volunteer => Place::With(volunteer),
    }
}

fn cost(market: &Market) -> u64 {
    let ways: u64 = market.seats.iter().map(|seat| u64::from(seat.pays.unsigned_abs())).sum();
    let steps: u64 = numbers(market.stays.len())
        .map(|volunteer| {
            let taken =
                market.problem.free_steps(volunteer).iter().take(market.stay(volunteer).load as usize);
            taken.map(|step| u64::from(*step)).sum::<u64>()
        })
        .sum();
    ways + steps + market.problem.locked_cost()
}

/// The bound that the prices prove, if every request is content.
pub(super) fn bound_of_fair_prices(market: &Market) -> u64 {
    bound(market, |request| market.paid(market.seat(request)))
}

/// The bound that the prices prove, whoever is content.
pub(super) fn bound_of_any_prices(market: &Market) -> u64 {
    bound(market, |request| market.least(request))
}

fn bound(market: &Market, least: impl Fn(u32) -> i32) -> u64 {
    let free = numbers(market.seats.len()).filter(|request| market.seat(*request).at != APART);
    let requests: i64 = free.map(|request| i64::from(least(request))).sum();
    let volunteers: i64 = numbers(market.stays.len())
        .map(|volunteer| {
            let price = i64::from(market.stall(volunteer).price);
            let steps = market.problem.free_steps(volunteer).iter();
            steps.map(|step| (price - i64::from(*step)).max(0)).sum::<i64>()
        })
        .sum();
    u64::try_from(requests - volunteers).unwrap_or(0) + market.problem.locked_cost()
}
