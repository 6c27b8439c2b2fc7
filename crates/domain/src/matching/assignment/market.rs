//! Who holds what at which price: the state between a problem and its answer.
//!
//! Every volunteer has a *price*, paid on top of the cost of the way to them. A request is *content* where
//! its way and price together cost no more than anywhere else, or than staying open. Prices are *fair* when
//! every request that has a place is content, a step that is taken costs no more than the price, and a free
//! step no less. An assignment with fair prices is a cheapest one (complementary slackness of linear
//! programs). A free step that costs less than the price is a *vacancy*: somebody left.

use super::problem::{MAX_COST, Problem, Span, Way, Wish};

/// A request has no place yet.
pub(super) const NOBODY: u32 = u32::MAX;
/// A request stays open.
pub(super) const OPEN: u32 = u32::MAX - 1;
/// A request is locked or withdrawn: it takes no part.
pub(super) const APART: u32 = u32::MAX - 2;
/// The next step of a volunteer who has room for no more.
pub(super) const FULL: i32 = i32::MAX;
/// The price of a volunteer who has room for nothing at all: beyond every cost.
const BARRED: i32 = 1 << 29;

/// The state of an assignment.
#[derive(Debug, Clone)]
pub(super) struct Market {
    pub(super) problem: Problem,
    pub(super) seats: Vec<Seat>,
    pub(super) stalls: Vec<Stall>,
    pub(super) stays: Vec<Stay>,
    /// Who holds each step, beside `problem.steps`.
    pub(super) held: Vec<u32>,
}

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    /// A volunteer, or [`NOBODY`], [`OPEN`], [`APART`].
    pub(super) at: u32,
    /// The cost of the way there, or of staying open.
    pub(super) pays: i32,
}

/// What a request sees of a volunteer: all that the hot loops read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stall {
    pub(super) price: i32,
    /// What the next step costs, or [`FULL`].
    pub(super) next: i32,
}

/// Whom a volunteer has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stay {
    /// Where the free steps begin.
    pub(super) from: u32,
    pub(super) load: u32,
    pub(super) room: u32,
}

impl Market {
    /// Nobody has a place, and every volunteer's price is their first step.
    pub(super) fn open(problem: Problem) -> Self {
        let seats = problem.asks.iter().map(|ask| Seat::before(ask.wish)).collect();
        let held = vec![NOBODY; problem.steps.len()];
        let rooms = problem.rooms.len();
        let mut market = Self {
            problem,
            seats,
            stalls: vec![Stall { price: BARRED, next: FULL }; rooms],
            stays: vec![Stay::default(); rooms],
            held,
        };
        for volunteer in numbers(rooms) {
            market.survey(volunteer);
            market.reprice(volunteer);
        }
        market
    }

    /// Looks at the volunteer's room anew, as if nobody were there.
    pub(super) fn survey(&mut self, volunteer: u32) {
        let Some(room) = self.problem.rooms.get(volunteer as usize) else { return };
        let (from, room) = (room.steps.from + room.locked, room.steps.len.saturating_sub(room.locked));
        if let Some(stay) = self.stays.get_mut(volunteer as usize) {
            *stay = Stay { from, load: 0, room };
        }
        self.note_next(volunteer);
    }

    /// The price at which nobody is there.
    fn reprice(&mut self, volunteer: u32) {
        let first = self.free_step(volunteer);
        if let Some(stall) = self.stalls.get_mut(volunteer as usize) {
            stall.price = if first == FULL { BARRED } else { first };
        }
    }

    /// The price from which on it is bid; whoever has no room stays barred.
    pub(super) fn begin_at(&mut self, volunteer: u32, price: u32) {
        let first = self.free_step(volunteer);
        if first != FULL {
            let price = i32::try_from(price.min(MAX_COST)).unwrap_or(0);
            self.set_price(volunteer, price.max(first));
        }
    }

    pub(super) fn seat(&self, request: u32) -> Seat {
        self.seats.get(request as usize).copied().unwrap_or(Seat { at: APART, pays: 0 })
    }

    pub(super) fn stall(&self, volunteer: u32) -> Stall {
        self.stalls.get(volunteer as usize).copied().unwrap_or(Stall { price: BARRED, next: FULL })
    }

    pub(super) fn stay(&self, volunteer: u32) -> Stay {
        self.stays.get(volunteer as usize).copied().unwrap_or_default()
    }

    /// The requests that a volunteer has.
    pub(super) fn held_by(&self, volunteer: u32) -> &[u32] {
        self.held.get(self.stay(volunteer).taken().range()).unwrap_or_default()
    }

    pub(super) fn ways(&self, request: u32) -> &[Way] {
        self.problem.ways(request)
    }

    #[expect(clippy::cast_possible_wrap, reason = "a cost is at most MAX_COST")]
    pub(super) fn open_cost(&self, request: u32) -> i32 {
        self.problem.open_cost(request).map_or(0, |cost| cost as i32)
    }

    /// What the last step that is taken costs.
    #[expect(clippy::cast_possible_wrap, reason = "a step costs at most MAX_COST")]
    pub(super) fn step_before(&self, volunteer: u32, load: u32) -> Option<i32> {
        let stay = self.stay(volunteer);
        let at = stay.from + load.checked_sub(1)?;
        self.problem.steps.get(at as usize).map(|step| *step as i32)
    }

    fn free_step(&self, volunteer: u32) -> i32 {
        let stay = self.stay(volunteer);
        if stay.load < stay.room { self.step_before(volunteer, stay.load + 1).unwrap_or(FULL) } else { FULL }
    }

    fn note_next(&mut self, volunteer: u32) {
        let next = self.free_step(volunteer);
        if let Some(stall) = self.stalls.get_mut(volunteer as usize) {
            stall.next = next;
        }
    }

    /// What a request pays where it is, the price included.
    pub(super) fn paid(&self, seat: Seat) -> i32 {
        if seat.at == OPEN { seat.pays } else { seat.pays + self.stall(seat.at).price }
    }

    /// Whether a free step of this volunteer costs less than their price.
    pub(super) fn has_vacancy(&self, volunteer: u32) -> bool {
        let stall = self.stall(volunteer);
        stall.next < stall.price
    }

    /// The least that this request can pay.
    pub(super) fn least(&self, request: u32) -> i32 {
        self.ways(request)
            .iter()
            .map(|way| way.signed() + self.stall(way.volunteer).price)
            .fold(self.open_cost(request), i32::min)
    }

    /// Takes a request from where it is.
    pub(super) fn unseat(&mut self, request: u32) {
        let at = self.seat(request).at;
        self.set_seat(request, NOBODY, 0);
        let held = self.stay(at).taken();
        let Some(group) = self.held.get_mut(held.range()) else { return };
        let Some(place) = group.iter().position(|other| *other == request) else { return };
        let last = group.len() - 1;
        group.swap(place, last);
        if let Some(gone) = group.last_mut() {
            *gone = NOBODY;
        }
        self.set_load(at, held.len - 1);
    }

    /// Gives a volunteer's next free step to a request.
    pub(super) fn join(&mut self, request: u32, volunteer: u32) {
        let stay = self.stay(volunteer);
        if let Some(place) = self.held.get_mut((stay.from + stay.load) as usize) {
            *place = request;
        }
        self.set_load(volunteer, stay.load + 1);
        self.sit(request, volunteer);
    }

    /// Gives the place of one request to another; who had it is elsewhere already.
    pub(super) fn replace(&mut self, before: u32, request: u32, volunteer: u32) {
        let taken = self.stay(volunteer).taken();
        let group = self.held.get_mut(taken.range()).unwrap_or_default();
        if let Some(place) = group.iter_mut().find(|held| **held == before) {
            *place = request;
        }
        self.sit(request, volunteer);
    }

    pub(super) fn leave_open(&mut self, request: u32) {
        self.set_seat(request, OPEN, self.open_cost(request));
    }

    fn sit(&mut self, request: u32, volunteer: u32) {
        let ways = self.ways(request).iter().filter(|way| way.volunteer == volunteer);
        let pays = ways.map(|way| way.signed()).min().unwrap_or(0);
        self.set_seat(request, volunteer, pays);
    }

    pub(super) fn set_seat(&mut self, request: u32, at: u32, pays: i32) {
        if let Some(seat) = self.seats.get_mut(request as usize) {
            *seat = Seat { at, pays };
        }
    }

    pub(super) fn set_load(&mut self, volunteer: u32, load: u32) {
        if let Some(stay) = self.stays.get_mut(volunteer as usize) {
            stay.load = load;
        }
        self.note_next(volunteer);
    }

    pub(super) fn set_price(&mut self, volunteer: u32, price: i32) {
        if let Some(stall) = self.stalls.get_mut(volunteer as usize) {
            stall.price = price;
        }
    }

    pub(super) fn add_to_price(&mut self, volunteer: u32, more: i32) {
        if let Some(stall) = self.stalls.get_mut(volunteer as usize) {
            stall.price += more;
        }
    }

    /// Takes away every request that is not content.
    pub(super) fn unseat_the_discontent(&mut self) {
        for request in numbers(self.seats.len()) {
            let seat = self.seat(request);
            if seat.has_place() && self.paid(seat) > self.least(request) {
                self.unseat(request);
            }
        }
    }

    /// Looks at a volunteer's room anew, who may have another one now. Who had a place and has none any more is
    /// returned.
    pub(super) fn rearrange(&mut self, volunteer: u32) -> Vec<u32> {
        let held = self.held_by(volunteer).to_vec();
        let taken = self.stay(volunteer).taken();
        self.held.get_mut(taken.range()).unwrap_or_default().fill(NOBODY);
        self.held.resize(self.problem.steps.len(), NOBODY);
        self.survey(volunteer);
        let mut left = Vec::new();
        for request in held {
            let stall = self.stall(volunteer);
            if stall.next <= stall.price {
                self.join(request, volunteer);
            } else {
                self.set_seat(request, NOBODY, 0);
                left.push(request);
            }
        }
        if self.stay(volunteer).room == 0 {
            self.set_price(volunteer, BARRED);
        }
        left
    }

    /// For another request.
    pub(super) fn add_seat(&mut self, wish: Wish) {
        self.seats.push(Seat::before(wish));
    }
}

impl Seat {
    /// Whether it is with a volunteer, or open.
    const fn has_place(self) -> bool {
        self.at < APART || self.at == OPEN
    }

    pub(super) const fn before(wish: Wish) -> Self {
        match wish {
            Wish::Free => Self { at: NOBODY, pays: 0 },
            Wish::Locked(_) | Wish::Gone => Self { at: APART, pays: 0 },
        }
    }
}

impl Stay {
    const fn taken(self) -> Span {
        Span { from: self.from, len: self.load }
    }
}

/// The numbers of so many.
pub(super) fn numbers(many: usize) -> std::ops::Range<u32> {
    0..u32::try_from(many).unwrap_or(u32::MAX)
}
