//! Many who come at once: planes are drawn when all are there.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Turn;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use super::super::register::Mixer;
use super::{Kept, Roll};
use crate::place::along_the_curve;

/// So many of those who come at once tell which words are common.
const HEARD: usize = 4_096;

impl<T: Kept> Extend<T> for Roll<T> {
    /// Draws the planes once, after all have come, when they are many beside those who were there. Who
    /// is near each other is kept side by side, because who looks at one looks at the other.
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        let mut coming: Vec<T> = Vec::new();
        let mut turns: HashMap<T::Id, usize, BuildHasherDefault<Mixer>> = HashMap::default();
        for item in items {
            // Whoever comes twice is as last told.
            match turns.entry(item.id()) {
                Turn::Vacant(place) => {
                    place.insert(coming.len());
                    coming.push(item);
                }
                Turn::Occupied(turn) => {
                    if let Some(known) = coming.get_mut(*turn.get()) {
                        *known = item;
                    }
                }
            }
        }
        drop(turns);
        self.journal.give_up();
        let (before, mut fresh, mut known) = (self.len(), Vec::new(), Vec::new());
        if coming.len() > before / 4 {
            // The common words have their bits before those of some corner of the country take them.
            for item in coming.iter().take(HEARD) {
                item.traits(Arc::make_mut(&mut self.alphabet));
            }
            coming.sort_by_cached_key(|item| item.place().map(along_the_curve));
        }
        for item in coming {
            let id = item.id();
            if self.register.get(id).is_some() {
                known.push(item);
                continue;
            }
            let rows = self.admit(id, item);
            fresh.extend(rows.seen.map(|seen| seen.row));
            fresh.push(rows.usual);
        }
        if fresh.len() > before / 4 {
            fresh.extend(self.tree.all_rows());
            self.replant(&fresh);
        } else {
            for row in &fresh {
                if let Some(entry) = self.entries.get_mut(row.handle) {
                    *entry.card.seat_of(row) = self.tree.insert(row);
                }
            }
            self.replant_when_due();
        }
        for item in known {
            self.upsert(item);
        }
    }
}

impl<T: Kept> FromIterator<T> for Roll<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut roll = Self::default();
        roll.extend(items);
        roll
    }
}

impl<T: Kept + PartialEq> PartialEq for Roll<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|item| other.get(item.id()) == Some(item))
    }
}
