//! What was changed, so that it can be done again to a copy that stood still meanwhile.
//!
//! Two copies that are shown by turns share nothing that is changed often, so that nothing has to be
//! counted and copied for readers: each change is made twice instead.

use std::sync::Arc;

use super::{Kept, Roll};

/// One change.
#[derive(Debug, Clone)]
pub(in crate::matching) enum Change<T: Kept> {
    Upsert(Arc<T>),
    Remove(T::Id),
    Edit(T::Id, T::Edit),
}

/// The changes of a roll, in their order.
#[derive(Debug, Clone)]
pub(in crate::matching) enum Journal<T: Kept> {
    /// Nobody wants to know.
    Closed,
    Open(Vec<Change<T>>),
    /// So many that a new copy is cheaper.
    Overfull,
}

/// Changes beyond which a journal is overfull, besides one for every eighth who is known.
const MANY: usize = 4_096;

impl<T: Kept> Journal<T> {
    #[inline]
    pub(super) fn note(&mut self, change: impl FnOnce() -> Change<T>) {
        match self {
            Self::Open(changes) => changes.push(change()),
            Self::Closed | Self::Overfull => {}
        }
    }

    /// All is otherwise than before.
    pub(super) fn give_up(&mut self) {
        match self {
            Self::Open(_) => *self = Self::Overfull,
            Self::Closed | Self::Overfull => {}
        }
    }
}

impl<T: Kept> Roll<T> {
    /// What was changed since the last time; from now on every change is noted.
    pub(in crate::matching) fn take_journal(&mut self) -> Journal<T> {
        std::mem::replace(&mut self.journal, Journal::Open(Vec::new()))
    }

    /// Does again what was done to the roll that this one is a copy of; false when that is not known, or is more
    /// work than a new copy.
    pub(in crate::matching) fn catch_up(&mut self, journal: &Journal<T>) -> bool {
        let changes = match journal {
            Journal::Open(changes) if changes.len() <= MANY + self.len() / 8 => changes,
            Journal::Open(_) | Journal::Closed | Journal::Overfull => return false,
        };
        self.journal = Journal::Closed;
        let mut edits = Vec::new();
        for change in changes {
            if let Change::Edit(id, edit) = change {
                edits.push((*id, *edit));
                continue;
            }
            T::edit_all(self, &edits);
            edits.clear();
            match change {
                Change::Upsert(item) => drop(self.upsert_shared(Arc::clone(item))),
                Change::Remove(id) => drop(self.remove(*id)),
                Change::Edit(..) => {}
            }
        }
        T::edit_all(self, &edits);
        self.journal = Journal::Open(Vec::new());
        true
    }
}
