//! A quick first assignment: every request bids for the place it likes best, and whoever is outbid bids again
//! (Bertsekas, 1979; volunteers with room for several: Bertsekas and Castanon, 1989).
//!
//! A bid raises the price to where the bidder likes the second best as well, and by the *increment* beyond: the
//! larger it is, the sooner all is settled, and the farther from the cheapest. Whoever is outbid bids at once,
//! while what it looks at is still near.

use super::market::{APART, Market, NOBODY, Stall, numbers};

/// Prices of single steps, beside `Market::held`. A volunteer's price is the least of theirs.
struct Auction<'m> {
    market: &'m mut Market,
    prices: Vec<i32>,
    increment: i32,
}

/// What a request thinks of its ways.
struct Choice {
    volunteer: u32,
    pays: i32,
    best: i32,
    second: i32,
}

/// Gives every request a place that costs it at most `increment` more than the cheapest would. Prices must be
/// those at which nobody has a place yet.
pub(super) fn auction(market: &mut Market, increment: i32) {
    let prices = market.problem.steps.iter().map(|step| i32::try_from(*step).unwrap_or(i32::MAX)).collect();
    let mut auction = Auction { market, prices, increment };
    for request in numbers(auction.market.seats.len()) {
        let mut bidder = Some(request).filter(|request| auction.market.seat(*request).at != APART);
        while let Some(request) = bidder {
            bidder = auction.bid(request);
        }
    }
    auction.close();
}

impl Auction<'_> {
    /// Bids; who is outbid is returned.
    fn bid(&mut self, request: u32) -> Option<u32> {
        let choice = self.choose(request);
        if choice.volunteer == NOBODY {
            self.market.leave_open(request);
            return None;
        }
        self.market.set_seat(request, choice.volunteer, choice.pays);
        self.sell(request, choice.volunteer, choice.second - choice.best + self.increment)
    }

    #[inline]
    fn choose(&self, request: u32) -> Choice {
        let open = self.market.open_cost(request);
        let mut choice = Choice { volunteer: NOBODY, pays: 0, best: open, second: open };
        for way in self.market.ways(request) {
            let cost = way.signed() + self.market.stall(way.volunteer).price;
            if cost < choice.best {
                choice =
                    Choice { volunteer: way.volunteer, pays: way.signed(), best: cost, second: choice.best };
            } else if cost < choice.second {
                choice.second = cost;
            }
        }
        choice
    }

    /// Gives the volunteer's cheapest step to a request, at a price higher by so much.
    fn sell(&mut self, request: u32, volunteer: u32, more: i32) -> Option<u32> {
        let stay = self.market.stay(volunteer);
        let range = stay.from as usize..(stay.from + stay.room) as usize;
        let prices = self.prices.get_mut(range.clone()).unwrap_or_default();
        let (mut cheapest, mut least, mut second) = (0, i32::MAX, i32::MAX);
        for (place, price) in prices.iter().enumerate() {
            if *price < least {
                (cheapest, second, least) = (place, least, *price);
            } else if *price < second {
                second = *price;
            }
        }
        if let Some(price) = prices.get_mut(cheapest) {
            *price += more;
        }
        if let Some(stall) = self.market.stalls.get_mut(volunteer as usize) {
            stall.price = second.min(least + more);
        }
        let held = self.market.held.get_mut(range.start + cheapest)?;
        Some(std::mem::replace(held, request)).filter(|before| *before != NOBODY)
    }

    /// Counts whom each volunteer has; until here, places were only sold.
    fn close(&mut self) {
        for volunteer in numbers(self.market.stays.len()) {
            let stay = self.market.stay(volunteer);
            let places = self.market.held.get_mut(stay.from as usize..(stay.from + stay.room) as usize);
            let places = places.unwrap_or_default();
            places.sort_unstable();
            let load = places.partition_point(|request| *request != NOBODY);
            self.market.set_load(volunteer, u32::try_from(load).unwrap_or(stay.room));
        }
    }
}

const _: () = assert!(size_of::<Stall>() == 8, "eight of them in a line of memory");
