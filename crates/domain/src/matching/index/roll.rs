//! Everyone who is known, by id, and their rows by place.
//!
//! A copy of a roll costs a few thousand pointers and never changes: readers hold one while the
//! original goes on. Whoever is changed is copied then, and nobody else.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Turn;
use std::hash::{BuildHasherDefault, Hash};
use std::sync::Arc;

use super::alike::AlikeTable;
use super::pages::Pages;
use super::plant::plant;
use super::register::{Mixer, Register};
use super::row::{PLAY, Row, Rows, Seen};
use super::traits::{Alphabet, Holds, Traits};
use super::tree::{Seat, Tree};
use crate::id::HouseholdId;
use crate::place::{Position, along_the_curve};

/// What a roll can keep.
pub(in crate::matching) trait Kept: Clone {
    type Id: Copy + Eq + Ord + Hash + std::fmt::Debug;
    fn id(&self) -> Self::Id;
    fn traits(&self, alphabet: &mut Alphabet) -> Traits;
    fn alike(&self, table: &mut AlikeTable) -> u16;
    fn rows(&self, traits: Traits, alike: u16, handle: u32) -> Rows;
    /// Where this one was seen, if at all.
    fn seen(&self, traits: Traits, alike: u16, handle: u32) -> Option<Seen>;
    /// Where this one usually is, for whoever wants neighbours to be kept side by side.
    fn place(&self) -> Option<Position>;
    /// The households by which this one is looked up.
    fn households(&self) -> impl Iterator<Item = HouseholdId>;
}

/// Where the rows of one of them are, and what is in them.
#[derive(Debug, Clone, Copy)]
struct Card {
    traits: Traits,
    /// Of the row of the place last seen, and of the usual one.
    seats: [Seat; 2],
    /// The usual row was written when the sighting held until this second.
    written_for: u32,
    alike: u16,
}

/// So many of those who come at once tell which words are common.
const HEARD: usize = 4_096;

const BLANK: Card = Card { traits: Traits(0), seats: [Seat::NONE; 2], written_for: 0, alike: u16::MAX };

impl Card {
    fn seat_of(&mut self, row: &Row) -> &mut Seat {
        let [sighted, usual] = &mut self.seats;
        if row.traits.has(Traits::SIGHTED) { sighted } else { usual }
    }
}

/// Somebody, and where their rows are: side by side, because whoever changes one changes the other.
#[derive(Debug)]
struct Entry<T> {
    card: Card,
    kept: Option<Arc<T>>,
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        Self { card: self.card, kept: self.kept.clone() }
    }
}

#[derive(Debug, Clone)]
pub(in crate::matching) struct Roll<T: Kept> {
    register: Register<T::Id>,
    /// By handle; apart from the entries, because answers want nothing else.
    ids: Pages<T::Id, 64>,
    entries: Pages<Entry<T>, 8>,
    /// Handles that were given back.
    free: Vec<u32>,
    /// The handles of those who name a household.
    familiar: Register<HouseholdId, Vec<u32>>,
    alphabet: Arc<Alphabet>,
    pub(super) alike: AlikeTable,
    pub(super) tree: Tree,
    /// Changes since the tree was planted.
    changes: usize,
}

impl<T: Kept> Default for Roll<T> {
    fn default() -> Self {
        Self {
            register: Register::default(),
            ids: Pages::default(),
            entries: Pages::default(),
            free: Vec::new(),
            familiar: Register::default(),
            alphabet: Arc::default(),
            alike: AlikeTable::default(),
            tree: Tree::default(),
            changes: 0,
        }
    }
}

impl<T: Kept> Roll<T> {
    pub(in crate::matching) const fn len(&self) -> usize {
        self.register.len()
    }

    pub(in crate::matching) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|entry| entry.kept.as_deref())
    }

    pub(in crate::matching) fn get(&self, id: T::Id) -> Option<&T> {
        self.by_handle(*self.register.get(id)?)
    }

    pub(in crate::matching) fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    pub(super) fn by_handle(&self, handle: u32) -> Option<&T> {
        self.entries.get(handle)?.kept.as_deref()
    }

    pub(super) fn id(&self, handle: u32) -> Option<T::Id> {
        self.ids.get(handle).copied()
    }

    /// The handles of those who name this household.
    pub(super) fn familiar(&self, household: HouseholdId) -> &[u32] {
        self.familiar.get(household).map_or(&[], Vec::as_slice)
    }

    pub(in crate::matching) fn upsert(&mut self, item: T) -> Option<Arc<T>> {
        let id = item.id();
        let handle = self.register.get(id).copied().unwrap_or_else(|| self.enter(id));
        self.file(&item, handle);
        let item = Arc::new(item);
        let before = self.entries.get_mut(handle)?.kept.replace(Arc::clone(&item));
        if !before.as_ref().is_some_and(|before| before.households().eq(item.households())) {
            if let Some(before) = &before {
                self.forget_households(before, handle);
            }
            self.note_households(&item, handle);
        }
        self.replant_when_due();
        before
    }

    pub(in crate::matching) fn remove(&mut self, id: T::Id) -> Option<Arc<T>> {
        let handle = self.register.remove(id)?;
        let entry = self.entries.get_mut(handle)?;
        let before = entry.kept.take()?;
        let [sighted, usual] = std::mem::replace(&mut entry.card, BLANK).seats;
        self.tree.remove(sighted, handle, Holds::Yes);
        self.tree.remove(usual, handle, Holds::No);
        self.free.push(handle);
        self.forget_households(&before, handle);
        self.changes += 1;
        self.replant_when_due();
        Some(before)
    }

    /// Changes one of them where it stands; whether they are known. Their id and their households
    /// must stay as they are.
    pub(in crate::matching) fn change(&mut self, id: T::Id, redo: Redo, change: impl FnOnce(&mut T)) -> bool {
        let Some(handle) = self.register.get(id).copied() else { return false };
        let Some(Entry { card, kept: Some(kept) }) = self.entries.get_mut(handle) else { return false };
        let kept = Arc::make_mut(kept);
        change(kept);
        match redo {
            Redo::Sighting if follow(&mut self.tree, card, kept, handle) => {}
            Redo::Sighting => seat(&mut self.tree, card, kept, handle),
            Redo::Traits => {
                card.traits = kept.traits(Arc::make_mut(&mut self.alphabet));
                seat(&mut self.tree, card, kept, handle);
            }
        }
        self.changes += 1;
        self.replant_when_due();
        true
    }

    /// Keeps somebody new whose rows are not in the tree yet.
    fn admit(&mut self, id: T::Id, item: T) -> Rows {
        let handle = self.enter(id);
        let traits = item.traits(Arc::make_mut(&mut self.alphabet));
        let alike = item.alike(&mut self.alike);
        let rows = item.rows(traits, alike, handle);
        self.note_households(&item, handle);
        if let Some(entry) = self.entries.get_mut(handle) {
            let card = Card { traits, alike, written_for: rows.holds_until(), ..BLANK };
            *entry = Entry { card, kept: Some(Arc::new(item)) };
        }
        rows
    }

    fn enter(&mut self, id: T::Id) -> u32 {
        let handle = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.entries.push(Entry { card: BLANK, kept: None });
            u32::try_from(self.entries.len()).unwrap_or(u32::MAX).saturating_sub(1)
        });
        if let Some(known) = self.ids.get_mut(handle) {
            *known = id;
        }
        self.register.insert(id, handle);
        handle
    }

    fn file(&mut self, item: &T, handle: u32) {
        let traits = item.traits(Arc::make_mut(&mut self.alphabet));
        let alike = item.alike(&mut self.alike);
        let Some(Entry { card, .. }) = self.entries.get_mut(handle) else { return };
        (card.traits, card.alike) = (traits, alike);
        seat(&mut self.tree, card, item, handle);
        self.changes += 1;
    }

    fn note_households(&mut self, item: &T, handle: u32) {
        for household in item.households() {
            match self.familiar.get_mut(household) {
                Some(handles) => handles.push(handle),
                None => self.familiar.insert(household, vec![handle]),
            }
        }
    }

    fn forget_households(&mut self, item: &T, handle: u32) {
        for household in item.households() {
            if let Some(handles) = self.familiar.get_mut(household) {
                handles.retain(|known| *known != handle);
                if handles.is_empty() {
                    self.familiar.remove(household);
                }
            }
        }
    }

    /// Builds the tree anew when many came, or much was changed since planes were drawn.
    fn replant_when_due(&mut self) {
        let len = self.len();
        if self.tree.strays > 256 + len / 4 || self.changes > 4_096 + 8 * len {
            self.replant_all();
        }
    }

    fn replant(&mut self, rows: &[Row]) {
        let (tree, seats) = plant(rows);
        self.tree = tree;
        self.changes = 0;
        for (row, seat) in rows.iter().zip(seats) {
            if let Some(entry) = self.entries.get_mut(row.handle) {
                *entry.card.seat_of(row) = seat;
            }
        }
    }

    /// Draws all planes anew, for those who are there now. Happens of itself when it is due.
    pub(in crate::matching) fn replant_all(&mut self) {
        let rows = self.tree.all_rows();
        self.replant(&rows);
    }

    /// Bytes of the index: nodes, leaves and what is alike; and of the cards by which it is changed.
    pub(in crate::matching) fn bytes(&self) -> (usize, usize) {
        (self.tree.bytes(), self.entries.bytes() + self.ids.bytes())
    }
}

/// What of the rows is made anew after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) enum Redo {
    /// Where they were seen, and when.
    Sighting,
    /// Everything.
    Traits,
}

/// Puts all rows where they belong.
fn seat(tree: &mut Tree, card: &mut Card, item: &impl Kept, handle: u32) {
    let rows = item.rows(card.traits, card.alike, handle);
    card.written_for = rows.holds_until();
    let both = [rows.seen.map(|seen| seen.row), Some(rows.usual)];
    for ((seat, row), sighted) in card.seats.iter_mut().zip(both).zip([Holds::Yes, Holds::No]) {
        *seat = match (row, *seat) {
            (None, Seat::NONE) => Seat::NONE,
            (None, known) => {
                tree.remove(known, handle, sighted);
                Seat::NONE
            }
            (Some(row), Seat::NONE) => tree.insert(&row),
            (Some(row), known) => tree.replace(known, &row),
        };
    }
}

/// Puts the row of the place last seen where it belongs, and touches the usual one only when the time
/// written there is too far from the truth. False when there is no such row yet.
fn follow(tree: &mut Tree, card: &mut Card, item: &impl Kept, handle: u32) -> bool {
    let [sighted, usual] = &mut card.seats;
    if *sighted == Seat::NONE {
        return false;
    }
    let Some(seen) = item.seen(card.traits, card.alike, handle) else { return false };
    *sighted = tree.replace(*sighted, &seen.row);
    if card.written_for.abs_diff(seen.holds_until) > PLAY / 2 {
        card.written_for = seen.holds_until;
        tree.put_from(*usual, handle, seen.usual_from);
    }
    true
}

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
