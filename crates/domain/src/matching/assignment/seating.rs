//! Finds a place for one request, and with it for those it makes move: the cheapest chain of moves, after
//! which prices are fair again (successive shortest paths: Busacker and Gowen, 1960; with prices:
//! Edmonds and Karp, 1972).

use super::labels::Labels;
use super::market::{FULL, Market, NOBODY};

/// How a chain ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Somebody takes a free step of this volunteer.
    At(u32),
    /// This request stays open.
    Open(u32),
}

#[derive(Debug, Clone, Copy)]
struct Goal {
    cost: i32,
    end: End,
}

/// Gives a place to a request that has none.
pub(super) fn seat(market: &mut Market, labels: &mut Labels, request: u32) {
    labels.begin(market.stalls.len());
    let mut goal = Goal { cost: market.open_cost(request), end: End::Open(request) };
    look_around(market, labels, request, 0, &mut goal);
    while let Some(here) = labels.next_below(goal.cost) {
        let price = market.stall(here.volunteer).price;
        for held in market.held_by(here.volunteer) {
            // What it costs that this one goes, before it is known where to.
            let gone = here.cost - (market.seat(*held).pays + price);
            let open = gone + market.open_cost(*held);
            if open < goal.cost {
                goal = Goal { cost: open, end: End::Open(*held) };
            }
            look_around(market, labels, *held, gone, &mut goal);
        }
    }
    for settled in labels.settled() {
        if settled.cost < goal.cost {
            market.add_to_price(settled.volunteer, goal.cost - settled.cost);
        }
    }
    move_along(market, labels, goal.end);
}

/// Where this request could go, when so much was paid already.
#[inline]
fn look_around(market: &Market, labels: &mut Labels, request: u32, paid: i32, goal: &mut Goal) {
    for way in market.ways(request) {
        let stall = market.stall(way.volunteer);
        let cost = paid + way.signed() + stall.price;
        if cost >= goal.cost || !labels.reach(way.volunteer, cost, request) {
            continue;
        }
        if stall.next != FULL {
            let whole = cost + (stall.next - stall.price).max(0);
            if whole < goal.cost {
                *goal = Goal { cost: whole, end: End::At(way.volunteer) };
            }
        }
        if cost < goal.cost {
            labels.queue(way.volunteer, cost);
        }
    }
}

fn move_along(market: &mut Market, labels: &Labels, end: End) {
    let (mut left, mut mover) = match end {
        End::At(volunteer) => {
            let Some(mover) = labels.via(volunteer) else { return };
            let from = market.seat(mover).at;
            market.join(mover, volunteer);
            (from, mover)
        }
        End::Open(request) => {
            let from = market.seat(request).at;
            market.leave_open(request);
            (from, request)
        }
    };
    while left != NOBODY {
        let Some(next) = labels.via(left) else { return };
        let from = market.seat(next).at;
        market.replace(mover, next, left);
        (left, mover) = (from, next);
    }
}
