//! What is to be assigned: requests, volunteers with room for some of them, and what each choice costs.
//!
//! A *way* is a volunteer who may serve a request, and the cost of it. A *room* is what a volunteer still
//! has place for: the extra cost of the first task, of the second, and so on, which never shrinks, so that
//! work spreads. Leaving a request *open* costs as well, and more the longer it waits.

use thiserror::Error;

/// The greatest cost of anything: seven of them are what a number of 31 bits can hold, and no sum here has more.
pub const MAX_COST: u32 = (1 << 28) - 1;

/// A volunteer who may serve a request, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// By number, in the order in which volunteers were added.
    pub volunteer: u32,
    /// At most [`MAX_COST`].
    pub cost: u32,
}

/// Requests and volunteers by their numbers, from nought, in the order in which they were added.
///
/// Neighbours had better have neighbouring numbers: the answer does not depend on it, the time does.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    pub(super) asks: Vec<Ask>,
    pub(super) ways: Vec<Way>,
    pub(super) rooms: Vec<Room>,
    pub(super) steps: Vec<u32>,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) ways: Span,
    /// What it costs to leave it open.
    pub(super) open: u32,
    pub(super) wish: Wish,
}

/// What is already decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Free,
    Locked(Way),
    /// Not there any more.
    Gone,
}

/// What one volunteer has place for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) steps: Span,
    /// So many of the first steps are taken by what is locked.
    pub(super) locked: u32,
}

/// A part of a longer list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) len: u32,
}

/// Why something cannot be a part of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// It costs more than [`MAX_COST`].
    #[error("a cost is at most {MAX_COST}")]
    CostTooGreat,
    /// The next task of a volunteer costs less than the one before.
    #[error("the next task never costs less than the one before")]
    StepsShrink,
    /// There are no more numbers.
    #[error("too many to be numbered")]
    TooMany,
    /// No volunteer has this number.
    #[error("there is no volunteer of this number")]
    NoSuchVolunteer,
    /// No request has this number, or it is withdrawn.
    #[error("there is no request of this number")]
    NoSuchRequest,
    /// More is locked to a volunteer than they have room for.
    #[error("more is locked to this volunteer than they have room for")]
    LockedBeyondRoom,
}

impl Problem {
    /// An empty problem with memory for so many.
    #[must_use]
    pub fn with_capacity(requests: usize, ways: usize, volunteers: usize) -> Self {
        Self {
            asks: Vec::with_capacity(requests),
            ways: Vec::with_capacity(ways),
            rooms: Vec::with_capacity(volunteers),
            steps: Vec::with_capacity(volunteers * 4),
        }
    }

    /// Another volunteer: what their first task costs extra, their second, and so on for as many as they
    /// have room for. Their number is returned.
    ///
    /// # Errors
    /// When steps shrink or cost too much, or there are no more numbers.
    pub fn add_volunteer(&mut self, steps: &[u32]) -> Result<u32, ProblemError> {
        let number = u32::try_from(self.rooms.len()).map_err(|_| ProblemError::TooMany)?;
        let steps = self.keep_steps(steps)?;
        self.rooms.push(Room { steps, locked: 0 });
        Ok(number)
    }

    /// Another request: what leaving it open costs, and the ways to serve it. Its number is returned. Where
    /// a volunteer is named twice, the cheaper way counts.
    ///
    /// # Errors
    /// When something costs too much, a volunteer is not known, or there are no more numbers.
    pub fn add_request(&mut self, open: u32, ways: &[Way]) -> Result<u32, ProblemError> {
        let number = u32::try_from(self.asks.len()).map_err(|_| ProblemError::TooMany)?;
        let ways = self.keep_ways(open, ways)?;
        self.asks.push(Ask { ways, open, wish: Wish::Free });
        Ok(number)
    }

    /// How many requests there are, those withdrawn included.
    #[must_use]
    pub const fn requests(&self) -> usize {
        self.asks.len()
    }

    /// How many volunteers there are.
    #[must_use]
    pub const fn volunteers(&self) -> usize {
        self.rooms.len()
    }

    /// The ways to serve a request.
    #[must_use]
    pub fn ways(&self, request: u32) -> &[Way] {
        self.asks.get(request as usize).map_or(&[], |ask| self.ways_in(ask.ways))
    }

    /// What leaving this request open costs.
    #[must_use]
    pub fn open_cost(&self, request: u32) -> Option<u32> {
        self.asks.get(request as usize).map(|ask| ask.open)
    }

    /// For how many more tasks a volunteer has room, and what each costs extra; what is locked is left out.
    #[must_use]
    pub fn free_steps(&self, volunteer: u32) -> &[u32] {
        let Some(room) = self.rooms.get(volunteer as usize) else { return &[] };
        self.steps_in(room.steps).get(room.locked as usize..).unwrap_or_default()
    }

    /// For how many tasks a volunteer has room in all, and what each costs extra.
    #[must_use]
    pub fn all_steps(&self, volunteer: u32) -> &[u32] {
        self.rooms.get(volunteer as usize).map_or(&[], |room| self.steps_in(room.steps))
    }

    /// What was decided before: the volunteer to whom this request is locked.
    #[must_use]
    pub fn locked(&self, request: u32) -> Option<Way> {
        match self.asks.get(request as usize)?.wish {
            Wish::Locked(way) => Some(way),
            Wish::Free | Wish::Gone => None,
        }
    }

    /// Whether this request was withdrawn.
    #[must_use]
    pub fn is_gone(&self, request: u32) -> bool {
        self.asks.get(request as usize).is_none_or(|ask| ask.wish == Wish::Gone)
    }

    /// What everything that is locked costs.
    pub(super) fn locked_cost(&self) -> u64 {
        let ways = self.asks.iter().map(|ask| match ask.wish {
            Wish::Locked(way) => u64::from(way.cost),
            Wish::Free | Wish::Gone => 0,
        });
        let steps = self.rooms.iter().filter(|room| room.locked > 0).flat_map(|room| {
            self.steps_in(room.steps).iter().take(room.locked as usize).map(|step| u64::from(*step))
        });
        ways.chain(steps).sum()
    }

    pub(super) fn set_wish(&mut self, request: u32, wish: Wish) {
        if let Some(ask) = self.asks.get_mut(request as usize) {
            ask.wish = wish;
        }
    }

    pub(super) fn ways_in(&self, span: Span) -> &[Way] {
        self.ways.get(span.range()).unwrap_or_default()
    }

    pub(super) fn steps_in(&self, span: Span) -> &[u32] {
        self.steps.get(span.range()).unwrap_or_default()
    }

    pub(super) fn keep_steps(&mut self, steps: &[u32]) -> Result<Span, ProblemError> {
        if steps.windows(2).any(|pair| pair.first() > pair.last()) {
            return Err(ProblemError::StepsShrink);
        }
        check_costs(steps.last().copied())?;
        let span = Span::after(self.steps.len(), steps.len())?;
        self.steps.extend_from_slice(steps);
        Ok(span)
    }

    pub(super) fn keep_ways(&mut self, open: u32, ways: &[Way]) -> Result<Span, ProblemError> {
        check_costs(ways.iter().map(|way| way.cost).chain([open]))?;
        if ways.iter().any(|way| way.volunteer as usize >= self.rooms.len()) {
            return Err(ProblemError::NoSuchVolunteer);
        }
        let span = Span::after(self.ways.len(), ways.len())?;
        self.ways.extend_from_slice(ways);
        Ok(span)
    }
}

pub(super) fn check_costs(costs: impl IntoIterator<Item = u32>) -> Result<(), ProblemError> {
    if costs.into_iter().any(|cost| cost > MAX_COST) { Err(ProblemError::CostTooGreat) } else { Ok(()) }
}

impl Span {
    pub(super) fn after(from: usize, len: usize) -> Result<Self, ProblemError> {
        let number = |n: usize| u32::try_from(n).map_err(|_| ProblemError::TooMany);
        number(from + len)?;
        Ok(Self { from: number(from)?, len: number(len)? })
    }

    pub(super) const fn range(self) -> std::ops::Range<usize> {
        self.from as usize..(self.from + self.len) as usize
    }
}

impl Way {
    /// The cost as the solver counts, where differences may be negative.
    #[inline]
    #[expect(clippy::cast_possible_wrap, reason = "a cost is at most MAX_COST")]
    pub(super) const fn signed(self) -> i32 {
        self.cost as i32
    }
}
