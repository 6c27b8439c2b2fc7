//! Fills what was left behind: a vacancy is taken by whoever saves most by it, whose place by another, and
//! so on, until the last place left was not worth its price. The search of `seating`, from the other end.

use super::callers::Callers;
use super::labels::Labels;
use super::market::{APART, Market, NOBODY, OPEN};

/// How a chain begins.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// This volunteer does one task less, or asks a lower price.
    Less(u32),
    /// This request was open and comes to the volunteer.
    Open { request: u32, to: u32 },
}

#[derive(Debug, Clone, Copy)]
struct Goal {
    cost: i32,
    start: Start,
}

/// Makes the prices around a volunteer fair who has vacancies; every other request has its place.
pub(super) fn relieve(market: &mut Market, labels: &mut Labels, callers: &Callers, volunteer: u32) {
    while market.has_vacancy(volunteer) {
        fill(market, labels, callers, volunteer);
    }
}

fn fill(market: &mut Market, labels: &mut Labels, callers: &Callers, vacant: u32) {
    labels.begin(market.stalls.len());
    labels.reach(vacant, 0, NOBODY);
    labels.queue(vacant, 0);
    let mut goal = Goal { cost: worth_too_little(market, vacant), start: Start::Less(vacant) };
    while let Some(here) = labels.next_below(goal.cost) {
        let less = here.cost + worth_too_little(market, here.volunteer);
        if less < goal.cost {
            goal = Goal { cost: less, start: Start::Less(here.volunteer) };
        }
        let price = market.stall(here.volunteer).price;
        for caller in callers.to(here.volunteer) {
            let seat = market.seat(caller.request);
            if seat.at == here.volunteer || seat.at == NOBODY || seat.at == APART {
                continue;
            }
            let cost = here.cost + caller.cost + price - market.paid(seat);
            if cost >= goal.cost {
                continue;
            }
            if seat.at == OPEN {
                goal = Goal { cost, start: Start::Open { request: caller.request, to: here.volunteer } };
            } else if labels.reach_by(seat.at, cost, caller.request, here.volunteer) {
                labels.queue(seat.at, cost);
            }
        }
    }
    for settled in labels.settled() {
        if settled.cost < goal.cost {
            market.add_to_price(settled.volunteer, settled.cost - goal.cost);
        }
    }
    move_along(market, labels, goal.start);
}

/// How much lower the price must be for the dearest step that it pays for to be worth no more than it costs.
fn worth_too_little(market: &Market, volunteer: u32) -> i32 {
    let (price, stay) = (market.stall(volunteer).price, market.stay(volunteer));
    let paid_for = (stay.load + 1..=stay.room)
        .rev()
        .find_map(|load| market.step_before(volunteer, load).filter(|step| *step < price));
    paid_for.or_else(|| market.step_before(volunteer, stay.load)).map_or(i32::MAX / 2, |step| price - step)
}

fn move_along(market: &mut Market, labels: &Labels, start: Start) {
    let mut next = match start {
        Start::Less(volunteer) => {
            let Some(mover) = labels.via(volunteer).filter(|mover| *mover != NOBODY) else { return };
            Some((mover, labels.onto(volunteer)))
        }
        Start::Open { request, to } => Some((request, to)),
    };
    while let Some((mover, to)) = next {
        // Whoever goes on from there goes first: so there is always room.
        next = labels.via(to).filter(|mover| *mover != NOBODY).map(|mover| (mover, labels.onto(to)));
        market.unseat(mover);
        if let Some((onward, _)) = next {
            market.unseat(onward);
        }
        market.join(mover, to);
    }
}
