//! What happened how often, counted by name while many walk at once; and what should not have happened.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most faults that are kept in words; the rest is only counted.
const KEPT: usize = 40;

/// Counts by name, and faults in words.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<BTreeMap<(&'static str, String), usize>>,
    faults: Mutex<Vec<String>>,
}

impl Tally {
    /// One more of this.
    pub(crate) fn count(&self, what: &'static str) {
        self.count_as(what, "");
    }

    /// One more of this, of this sort.
    pub(crate) fn count_as(&self, what: &'static str, sort: &str) {
        *lock(&self.counts).entry((what, sort.to_owned())).or_default() += 1;
    }

    /// How many of this, of all sorts.
    pub(crate) fn total(&self, what: &str) -> usize {
        lock(&self.counts).iter().filter(|((counted, _), _)| *counted == what).map(|(_, count)| count).sum()
    }

    /// How many of this, by sort.
    pub(crate) fn by_sort(&self, what: &str) -> Vec<(String, usize)> {
        let counts = lock(&self.counts);
        let of_this = counts.iter().filter(|((counted, _), _)| *counted == what);
        of_this.map(|((_, sort), count)| (sort.clone(), *count)).collect()
    }

    /// Something that must not happen.
    pub(crate) fn fault(&self, what: impl Into<String>) {
        lock(&self.faults).push(what.into());
    }

    /// Keeps the fault of something that may have gone wrong.
    pub(crate) fn note<T>(&self, result: Result<T, String>) -> Option<T> {
        result.inspect_err(|fault| self.fault(fault.clone())).ok()
    }

    /// All faults, the first ones in words.
    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = lock(&self.faults);
        let mut told: Vec<String> = faults.iter().take(KEPT).cloned().collect();
        if faults.len() > KEPT {
            told.push(format!("and {} more", faults.len() - KEPT));
        }
        told
    }
}

/// Whoever panicked with the lock left whole values behind.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
