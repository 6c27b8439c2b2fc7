//! What the walk itself knows of every request: where it was filed for, how often it was tried, how it ended.
//! The audit holds it against what the service says.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::addresses::Address;
use crate::tally::lock;

/// A request that was filed.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Which of the addresses, and so which household and request of the walk.
    pub(crate) place: usize,
    pub(crate) external_id: String,
    pub(crate) household: String,
    pub(crate) address: Address,
    /// What the household says at a hand-over; none where nothing is handed over.
    pub(crate) phrase: Option<String>,
    /// Claims that were made of it.
    pub(crate) attempts: usize,
    /// The ends that were seen, in the service's words: exactly one when all is well.
    pub(crate) ends: Vec<&'static str>,
    pub(crate) acknowledged: bool,
}

/// A claim whose holder has no right to the door any more.
#[derive(Debug, Clone)]
pub(crate) struct Former {
    pub(crate) volunteer: usize,
    pub(crate) claim: String,
    pub(crate) fence: i64,
}

/// All requests by their id, and all claims that ended without a delivery.
#[derive(Debug, Default)]
pub(crate) struct Book {
    requests: Mutex<BTreeMap<String, Entry>>,
    former: Mutex<Vec<Former>>,
}

impl Book {
    /// Enters a request; false if its id is known already.
    pub(crate) fn enter(&self, id: String, entry: Entry) -> bool {
        lock(&self.requests).insert(id, entry).is_none()
    }

    /// A request as it stands, and with it one more attempt.
    pub(crate) fn attempt(&self, id: &str) -> Option<Entry> {
        lock(&self.requests).get_mut(id).map(|entry| {
            let before = entry.clone();
            entry.attempts += 1;
            before
        })
    }

    /// Somebody saw how it ended.
    pub(crate) fn ended(&self, id: &str, end: &'static str) {
        if let Some(entry) = lock(&self.requests).get_mut(id) {
            entry.ends.push(end);
        }
    }

    pub(crate) fn acknowledged(&self, id: &str) {
        if let Some(entry) = lock(&self.requests).get_mut(id) {
            entry.acknowledged = true;
        }
    }

    /// How many have not come to their end yet.
    pub(crate) fn on_the_way(&self) -> usize {
        let over = |entry: &Entry| match entry.ends.first() {
            Some(&"fulfilled") => entry.acknowledged,
            Some(_) => true,
            None => false,
        };
        lock(&self.requests).values().filter(|entry| !over(entry)).count()
    }

    pub(crate) fn all(&self) -> BTreeMap<String, Entry> {
        lock(&self.requests).clone()
    }

    pub(crate) fn add_former(&self, former: Former) {
        lock(&self.former).push(former);
    }

    pub(crate) fn formers(&self) -> Vec<Former> {
        lock(&self.former).clone()
    }
}
