//! How many calls may be under way at once, so that those that are taken in are done promptly and all others are told
//! "later" at once.
//!
//! A *gate* stands before something that serves so many at a time: connections to a database, threads that hash
//! passwords. Whoever finds one free is let in. Whoever would have to wait is let in while that takes no longer than
//! their urgency allows: as many as wait, each for as long as passes between two who are done (Little's law, L = λW;
//! J. D. C. Little, "A Proof for the Queuing Formula", Operations Research 9(3), 1961). How long passes is measured
//! while the gate is busy, so a server that becomes slower takes fewer in by itself.
//!
//! *Urgency*: whoever is less urgent is turned away at a shorter wait, so some room is always left for those who are
//! in the middle of something.
//!
//! *Fairness*: where others would have to wait, nobody is let in beyond as many calls as there is room left. One who
//! floods thereby ends at half of the room, and the rest goes to everybody else (dynamic thresholds; A. K. Choudhury
//! and E. L. Hahne, IEEE/ACM Transactions on Networking 6(2), 1998).

/// What is assumed before anything was measured.
const FIRST_PACE_NS: u64 = 1_000_000;
/// One pause, of a checkpoint for instance, is no new pace: longer ones count as this.
const LONGEST_PAUSE_NS: u64 = 100_000_000;
/// A new measurement counts for one part in this many.
const SMOOTHING: u64 = 20;
/// Callers are told apart by this many counts; two who share one are taken for one.
const COUNTS: usize = 1_024;
/// Whoever is turned away is told to come back within this many seconds, one after the other.
const SPREAD_S: u64 = 3;

/// How urgent a call is. The earlier, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody is on the way to a door.
    Errand,
    /// Somebody looks after those who wait.
    Coordination,
    /// Something new comes in, which can come in later.
    Filing,
    /// Nobody is known to ask.
    Anonymous,
}

impl Urgency {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Errand, Self::Coordination, Self::Filing, Self::Anonymous];

    /// How many quarters of the longest wait are waited for.
    const fn quarters(self) -> u64 {
        match self {
            Self::Errand => 4,
            Self::Coordination => 3,
            Self::Filing => 2,
            Self::Anonymous => 1,
        }
    }
}

/// What a gate stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many are served at a time.
    pub at_once: u32,
    /// How long the most urgent may wait, in milliseconds.
    pub longest_ms: u32,
}

/// Whether a call counts for the pace when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What it came for was done.
    Served,
    /// It was refused or cut off, perhaps without ever having waited: that tells nothing of how long others will.
    Unserved,
}

/// A gate. Times are nanoseconds of one steady clock.
#[derive(Debug, Clone)]
pub struct Gate {
    room: Room,
    under_way: u32,
    /// Between two who are done, while it is busy.
    pace_ns: u64,
    /// When one was last done, if it was busy then.
    busy_since_ns: Option<u64>,
    /// How many calls of each caller are under way.
    held: Vec<u32>,
}

impl Gate {
    /// A gate that nobody has gone through.
    #[must_use]
    pub fn new(room: Room) -> Self {
        Self { room, under_way: 0, pace_ns: FIRST_PACE_NS, busy_since_ns: None, held: vec![0; COUNTS] }
    }

    /// Whether a call is let in. `caller` is any number that tells callers apart.
    pub fn enter(&mut self, urgency: Urgency, caller: u64) -> bool {
        let is_let_in = self.under_way < self.room.at_once || self.has_room(urgency, caller);
        if is_let_in {
            self.count_in(caller);
        }
        is_let_in
    }

    fn has_room(&mut self, urgency: Urgency, caller: u64) -> bool {
        let left = self.bound(urgency).saturating_sub(self.under_way);
        left > 0 && *self.held(caller) < left
    }

    /// How many calls may be under way before one of this urgency is turned away.
    #[must_use]
    pub fn bound(&self, urgency: Urgency) -> u32 {
        let longest_ns = u64::from(self.room.longest_ms) * 1_000_000 * urgency.quarters() / 4;
        let waiting = longest_ns / self.pace_ns.max(1);
        self.room.at_once.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX))
    }

    /// How many are under way.
    #[must_use]
    pub const fn under_way(&self) -> u32 {
        self.under_way
    }

    /// A call is done.
    pub fn leave(&mut self, caller: u64, outcome: Outcome, now_ns: u64) {
        let is_busy = self.under_way >= self.room.at_once;
        self.count_out(caller);
        if outcome == Outcome::Unserved {
            if !is_busy {
                // A pause in which nobody waited is nobody's pace.
                self.busy_since_ns = None;
            }
            return;
        }
        if let Some(before) = self.busy_since_ns
            && is_busy
        {
            let took = now_ns.saturating_sub(before).min(LONGEST_PAUSE_NS);
            self.pace_ns = (self.pace_ns * (SMOOTHING - 1) + took) / SMOOTHING;
        }
        self.busy_since_ns = is_busy.then_some(now_ns);
    }

    /// A call waits for its caller, who still sends it: nobody is kept out for its sake.
    pub fn step_aside(&mut self, caller: u64) {
        self.count_out(caller);
    }

    /// It goes on, whoever came meanwhile.
    pub fn step_back(&mut self, caller: u64) {
        self.count_in(caller);
    }

    fn count_in(&mut self, caller: u64) {
        self.under_way = self.under_way.saturating_add(1);
        let held = self.held(caller);
        *held = held.saturating_add(1);
    }

    fn count_out(&mut self, caller: u64) {
        self.under_way = self.under_way.saturating_sub(1);
        let held = self.held(caller);
        *held = held.saturating_sub(1);
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder is below the length, which never changes")]
    fn held(&mut self, caller: u64) -> &mut u32 {
        let place = usize::try_from(caller % COUNTS as u64).unwrap_or(0);
        &mut self.held[place]
    }
}

/// When the n-th call that is turned away may come back, in seconds: not all in the same moment.
#[must_use]
pub fn come_back_s(turned_away: u64) -> u32 {
    1 + u32::try_from(turned_away % SPREAD_S).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { at_once: 8, longest_ms: 100 };
    const MS: u64 = 1_000_000;

    /// A gate that has been busy at that pace for long, and is empty now.
    fn paced(pace_ns: u64) -> Gate {
        let mut gate = Gate::new(ROOM);
        for _ in 0..9 {
            gate.step_back(0);
        }
        for n in 0..400 {
            gate.leave(0, Outcome::Served, n * pace_ns);
            gate.step_back(0);
        }
        for _ in 0..9 {
            gate.step_aside(0);
        }
        assert_eq!(gate.under_way(), 0);
        gate
    }

    /// How many calls are let in, each of another caller, until one is not.
    fn fill(gate: &mut Gate, urgency: Urgency) -> u64 {
        let first = u64::from(gate.under_way());
        (0..10_000).find(|n| !gate.enter(urgency, first + n)).unwrap()
    }

    #[test]
    fn as_many_are_let_in_as_will_be_done_in_time() {
        assert_eq!(fill(&mut paced(MS), Urgency::Errand), 108);
        assert_eq!(fill(&mut paced(10 * MS), Urgency::Errand), 18);
        assert_eq!(fill(&mut paced(1_000 * MS), Urgency::Errand), 9, "a pause counts as a tenth of a second");
    }

    #[test]
    fn who_is_less_urgent_is_turned_away_first_and_the_more_urgent_still_find_room() {
        let mut gate = paced(MS);
        let least_urgent_first =
            [Urgency::Anonymous, Urgency::Filing, Urgency::Coordination, Urgency::Errand];
        let let_in = least_urgent_first.map(|urgency| fill(&mut gate, urgency));
        assert_eq!(let_in, [33, 25, 25, 25]);
        assert!(Urgency::ALL.iter().all(|urgency| !gate.enter(*urgency, 5_000)));
    }

    #[test]
    fn nobody_is_turned_away_while_something_is_free() {
        let mut gate = paced(1_000 * MS);
        for _ in 0..8 {
            assert!(gate.enter(Urgency::Anonymous, 1), "all of one caller");
        }
        assert!(!gate.enter(Urgency::Anonymous, 1));
    }

    #[test]
    fn one_who_floods_leaves_room_to_others_of_the_same_urgency() {
        let mut gate = paced(MS);
        let flooded = (0..10_000).find(|_| !gate.enter(Urgency::Filing, 1)).unwrap();
        assert_eq!(flooded, 29, "half of 58");
        assert!((2..12).all(|other| gate.enter(Urgency::Filing, other)));
        // As others come, nothing more is for the one.
        assert!(!gate.enter(Urgency::Filing, 1));
    }

    #[test]
    fn what_is_refused_without_having_waited_changes_no_pace() {
        let mut gate = paced(10 * MS);
        for n in 0..12 {
            assert!(gate.enter(Urgency::Errand, n));
        }
        for n in 0..1_000 {
            gate.step_back(7);
            gate.leave(7, Outcome::Unserved, 5_000 * MS + n);
        }
        assert_eq!((gate.bound(Urgency::Errand), gate.under_way()), (18, 12));
    }

    #[test]
    fn a_gate_that_is_not_busy_tells_nothing_of_how_fast_it_could_be() {
        let mut gate = paced(MS);
        for n in 0..100 {
            assert!(gate.enter(Urgency::Errand, n));
            gate.leave(n, Outcome::Served, n * 1_000 * MS);
        }
        assert_eq!(gate.bound(Urgency::Errand), 108);
    }

    #[test]
    fn who_still_sends_keeps_nobody_out() {
        let mut gate = paced(1_000 * MS);
        for n in 0..8 {
            assert!(gate.enter(Urgency::Filing, n));
            gate.step_aside(n);
        }
        assert_eq!(gate.under_way(), 0);
        assert!(gate.enter(Urgency::Anonymous, 100));
        gate.step_back(3);
        assert_eq!(gate.under_way(), 2);
    }

    #[test]
    fn those_who_are_turned_away_come_back_at_different_times() {
        let mut told: Vec<u32> = (0..300).map(come_back_s).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told, [1, 2, 3]);
    }
}
