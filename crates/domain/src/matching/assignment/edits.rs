//! What may be changed about a draft: requests that come, go or change, volunteers who have more room or less,
//! pairs that a coordinator locks or forbids. Nothing is settled until [`Draft::settle`].

use super::draft::Draft;
use super::market::APART;
use super::problem::{Ask, ProblemError, Way, Wish, check_costs};

impl Draft {
    /// Another request, whose number is returned.
    ///
    /// # Errors
    /// As [`Problem::add_request`](super::Problem::add_request); nothing is changed then.
    pub fn add_request(&mut self, open: u32, ways: &[Way]) -> Result<u32, ProblemError> {
        let request = self.market.problem.add_request(open, ways)?;
        self.market.add_seat(Wish::Free);
        self.note_ways(request);
        self.waiting.push(request);
        Ok(request)
    }

    /// A request with other ways, or another cost of leaving it open.
    ///
    /// # Errors
    /// When there is no such request that is free, or for the reasons of
    /// [`Problem::add_request`](super::Problem::add_request); nothing is changed then.
    pub fn change_request(&mut self, request: u32, open: u32, ways: &[Way]) -> Result<(), ProblemError> {
        self.free_ask(request)?;
        let ways = self.market.problem.keep_ways(open, ways)?;
        if let Some(ask) = self.market.problem.asks.get_mut(request as usize) {
            *ask = Ask { ways, open, wish: Wish::Free };
        }
        self.take_from_place(request);
        self.note_ways(request);
        self.waiting.push(request);
        Ok(())
    }

    /// A request that needs nobody any more, be it locked or not.
    ///
    /// # Errors
    /// When there is no such request.
    pub fn withdraw(&mut self, request: u32) -> Result<(), ProblemError> {
        if self.market.problem.locked(request).is_some() {
            self.unlock(request)?;
        }
        self.free_ask(request)?;
        self.take_from_place(request);
        self.market.problem.set_wish(request, Wish::Gone);
        self.market.set_seat(request, APART, 0);
        Ok(())
    }

    /// A volunteer with room for more or fewer, or at other costs.
    ///
    /// # Errors
    /// When there is no such volunteer, more is locked to them, or steps shrink or cost too much; nothing is
    /// changed then.
    pub fn change_room(&mut self, volunteer: u32, steps: &[u32]) -> Result<(), ProblemError> {
        let room = *self.market.problem.rooms.get(volunteer as usize).ok_or(ProblemError::NoSuchVolunteer)?;
        if steps.len() < room.locked as usize {
            return Err(ProblemError::LockedBeyondRoom);
        }
        let steps = self.market.problem.keep_steps(steps)?;
        self.set_room(volunteer, |room| room.steps = steps);
        Ok(())
    }

    /// This volunteer does this request, whatever would be cheaper.
    ///
    /// # Errors
    /// When there is no such request that is free, no such volunteer, or no room; nothing is changed then.
    pub fn lock(&mut self, request: u32, way: Way) -> Result<(), ProblemError> {
        self.free_ask(request)?;
        check_costs([way.cost])?;
        let room = self.market.problem.rooms.get(way.volunteer as usize);
        let room = room.ok_or(ProblemError::NoSuchVolunteer)?;
        if room.locked == room.steps.len {
            return Err(ProblemError::LockedBeyondRoom);
        }
        self.take_from_place(request);
        self.market.problem.set_wish(request, Wish::Locked(way));
        self.market.set_seat(request, APART, 0);
        self.set_room(way.volunteer, |room| room.locked += 1);
        Ok(())
    }

    /// A locked request is free again.
    ///
    /// # Errors
    /// When there is no such request that is locked.
    pub fn unlock(&mut self, request: u32) -> Result<(), ProblemError> {
        let way = self.market.problem.locked(request).ok_or(ProblemError::NoSuchRequest)?;
        self.market.problem.set_wish(request, Wish::Free);
        self.market.set_seat(request, super::market::NOBODY, 0);
        self.waiting.push(request);
        self.set_room(way.volunteer, |room| room.locked = room.locked.saturating_sub(1));
        Ok(())
    }

    /// This volunteer never does this request.
    ///
    /// # Errors
    /// When there is no such request that is free.
    pub fn forbid(&mut self, request: u32, volunteer: u32) -> Result<(), ProblemError> {
        let open = self.free_ask(request)?.open;
        let ways = self.market.problem.ways(request).iter();
        let others: Vec<Way> = ways.filter(|way| way.volunteer != volunteer).copied().collect();
        self.change_request(request, open, &others)
    }

    fn free_ask(&self, request: u32) -> Result<Ask, ProblemError> {
        let ask = self.market.problem.asks.get(request as usize);
        ask.filter(|ask| ask.wish == Wish::Free).copied().ok_or(ProblemError::NoSuchRequest)
    }

    fn take_from_place(&mut self, request: u32) {
        self.vacated.push(self.market.seat(request).at);
        self.market.unseat(request);
    }

    fn note_ways(&mut self, request: u32) {
        if let Some(callers) = &mut self.callers {
            callers.change(&self.market.problem, request);
        }
    }

    fn set_room(&mut self, volunteer: u32, change: impl FnOnce(&mut super::problem::Room)) {
        if let Some(room) = self.market.problem.rooms.get_mut(volunteer as usize) {
            change(room);
        }
        self.waiting.extend(self.market.rearrange(volunteer));
        self.vacated.push(volunteer);
    }
}
