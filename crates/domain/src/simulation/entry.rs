//! What is yet to happen in a simulated city, in order: by time, then in the order in which it was written down.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Moment;

/// Something that happens at its moment. People and needs are meant by their places in the city's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// A day begins: who is on duty is written down for it.
    Day(i64),
    OnDuty(usize),
    OffDuty(usize),
    Leaves(usize),
    /// A need becomes a request.
    Opens(usize),
    /// Whoever asks looks at a request again.
    Look(usize),
    Accepts {
        need: usize,
        person: usize,
    },
    Declines {
        need: usize,
        person: usize,
    },
    /// Somebody who never came has it no longer.
    Lapses {
        need: usize,
        person: usize,
    },
    AtDoor {
        need: usize,
        person: usize,
    },
    /// The window is over.
    Ends(usize),
}

/// What is yet to happen.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BinaryHeap<Reverse<(Moment, u64, Entry)>>,
    written: u64,
}

impl Agenda {
    pub(super) fn write(&mut self, at: Moment, entry: Entry) {
        self.entries.push(Reverse((at, self.written, entry)));
        self.written += 1;
    }

    pub(super) fn next(&mut self) -> Option<(Moment, Entry)> {
        self.entries.pop().map(|Reverse((at, _, entry))| (at, entry))
    }
}
