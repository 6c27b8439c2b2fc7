//! How cheaply each volunteer was reached in one search, and by whose move: memory for many searches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The labels of one search after the other (Dijkstra, 1959).
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    of: Vec<Label>,
    round: u32,
    heap: BinaryHeap<Reverse<u64>>,
    settled: Vec<Settled>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Label {
    round: u32,
    cost: i32,
    via: u32,
    onto: u32,
}

/// A volunteer whose label is final.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) volunteer: u32,
    pub(super) cost: i32,
}

impl Labels {
    /// Begins another search among so many.
    pub(super) fn begin(&mut self, volunteers: usize) {
        self.of.resize(volunteers, Label::default());
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.of.fill(Label::default());
            self.round = 1;
        }
        self.heap.clear();
        self.settled.clear();
    }

    /// A way to this volunteer was found; whether it is the cheapest so far.
    #[inline]
    pub(super) fn reach(&mut self, volunteer: u32, cost: i32, via: u32) -> bool {
        self.reach_by(volunteer, cost, via, volunteer)
    }

    /// As [`reach`](Self::reach), where it matters to whom the one goes who moves.
    #[inline]
    pub(super) fn reach_by(&mut self, volunteer: u32, cost: i32, via: u32, onto: u32) -> bool {
        let round = self.round;
        let Some(label) = self.of.get_mut(volunteer as usize) else { return false };
        let is_better = label.round != round || cost < label.cost;
        if is_better {
            *label = Label { round, cost, via, onto };
        }
        is_better
    }

    /// Has the search go on from this volunteer in its turn.
    #[inline]
    pub(super) fn queue(&mut self, volunteer: u32, cost: i32) {
        self.heap.push(Reverse(u64::from(cost.unsigned_abs()) << 32 | u64::from(volunteer)));
    }

    /// The next in turn, unless nobody is left below the limit.
    #[inline]
    pub(super) fn next_below(&mut self, limit: i32) -> Option<Settled> {
        while let Some(Reverse(key)) = self.heap.pop() {
            let settled = Settled::of(key);
            if settled.cost >= limit {
                return None;
            }
            if self.cost(settled.volunteer) == Some(settled.cost) {
                self.settled.push(settled);
                return Some(settled);
            }
        }
        None
    }

    /// Everyone from whom the search went on.
    pub(super) fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// Whose move reached this volunteer.
    pub(super) fn via(&self, volunteer: u32) -> Option<u32> {
        self.label(volunteer).map(|label| label.via)
    }

    /// To whom that move goes.
    pub(super) fn onto(&self, volunteer: u32) -> u32 {
        self.label(volunteer).map_or(volunteer, |label| label.onto)
    }

    fn cost(&self, volunteer: u32) -> Option<i32> {
        self.label(volunteer).map(|label| label.cost)
    }

    fn label(&self, volunteer: u32) -> Option<Label> {
        self.of.get(volunteer as usize).copied().filter(|label| label.round == self.round)
    }
}

impl Settled {
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of a key; costs are not negative")]
    const fn of(key: u64) -> Self {
        Self { volunteer: key as u32, cost: (key >> 32) as i32 }
    }
}
