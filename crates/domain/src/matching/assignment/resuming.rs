//! Takes up an assignment again that was kept somewhere, with the prices that made it fair. None of it is trusted:
//! whatever does not hold any more is found when it is settled.

use super::draft::{Draft, Finish};
use super::market::{Market, NOBODY, numbers};
use super::problem::Problem;

impl Draft {
    /// A draft of this problem, from where each request was and what each volunteer was paid on top, both by number;
    /// unsettled. Nonsense costs time and nothing else.
    #[must_use]
    pub fn resumed(problem: Problem, places: &[Option<u32>], prices: &[u32]) -> Self {
        let mut market = Market::open(problem);
        for (volunteer, price) in numbers(market.stalls.len()).zip(prices) {
            market.begin_at(volunteer, *price);
        }
        for (request, place) in numbers(market.seats.len()).zip(places) {
            let Some(volunteer) = place.filter(|volunteer| may_join(&market, request, *volunteer)) else {
                continue;
            };
            market.join(request, volunteer);
        }
        for request in
            numbers(market.seats.len()).filter(|request| places.get(*request as usize) == Some(&None))
        {
            if market.seat(request).at == NOBODY {
                market.leave_open(request);
            }
        }
        let mut draft = Self::unsettled(market);
        draft.make_ready(Finish::Near { increment: 1 });
        draft
    }
}

/// Whether there is a way, and a free step that costs no more than the price.
fn may_join(market: &Market, request: u32, volunteer: u32) -> bool {
    let stall = market.stall(volunteer);
    market.seat(request).at == NOBODY
        && stall.next <= stall.price
        && market.ways(request).iter().any(|way| way.volunteer == volunteer)
}
