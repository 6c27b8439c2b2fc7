//! Everyone who is known, by id, and their rows by place.
//!
//! A copy of a roll costs a few thousand pointers and never changes: readers hold one while the
//! original goes on. Whoever is changed is copied then, and nobody else.

use std::hash::Hash;
use std::sync::Arc;

use super::alike::AlikeTable;
use super::pages::Pages;
use super::plant::plant;
use super::register::Register;
use super::row::{PLAY, Row, Rows, Seen};
use super::traits::{Alphabet, Holds, Traits};
use super::tree::{Seat, Tree};
use crate::id::HouseholdId;

/// What a roll can keep.
pub(in crate::matching) trait Kept: Clone {
    type Id: Copy + Eq + Ord + Hash + std::fmt::Debug;
    fn id(&self) -> Self::Id;
    fn traits(&self, alphabet: &mut Alphabet) -> Traits;
    fn alike(&self, table: &mut AlikeTable) -> u16;
    fn rows(&self, traits: Traits, alike: u16, handle: u32) -> Rows;
    /// Where this one was seen, if at all.
    fn seen(&self, traits: Traits, alike: u16, handle: u32) -> Option<Seen>;
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

const BLANK: Card = Card { traits: Traits(0), seats: [Seat::NONE; 2], written_for: 0, alike: u16::MAX };

impl Card {
    fn seat_of(&mut self, row: &Row) -> &mut Seat {
        let [sighted, usual] = &mut self.seats;
        if row.traits.has(Traits::SIGHTED) { sighted } else { usual }
    }
}

#[derive(Debug, Clone)]
pub(in crate::matching) struct Roll<T: Kept> {
    register: Register<T::Id>,
    /// By handle, as all the following: apart from the cards, because answers want nothing else.
    ids: Pages<T::Id, 64>,
    cards: Pages<Card, 32>,
    kept: Pages<Option<Arc<T>>, 8>,
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
            cards: Pages::default(),
            kept: Pages::default(),
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
        self.kept.iter().flatten().map(AsRef::as_ref)
    }

    pub(in crate::matching) fn get(&self, id: T::Id) -> Option<&T> {
        self.by_handle(*self.register.get(id)?)
    }

    pub(in crate::matching) fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    pub(super) fn by_handle(&self, handle: u32) -> Option<&T> {
        self.kept.get(handle)?.as_deref()
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
        let before = self.kept.get_mut(handle)?.replace(Arc::clone(&item));
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
        if let Some(card) = self.cards.get_mut(handle) {
            let [sighted, usual] = std::mem::replace(card, BLANK).seats;
            self.tree.remove(sighted, handle, Holds::Yes);
            self.tree.remove(usual, handle, Holds::No);
        }
        self.free.push(handle);
        let before = self.kept.get_mut(handle)?.take()?;
        self.forget_households(&before, handle);
        self.changes += 1;
        self.replant_when_due();
        Some(before)
    }

    /// Changes one of them where it stands; whether they are known. Their id and their households
    /// must stay as they are.
    pub(in crate::matching) fn change(&mut self, id: T::Id, redo: Redo, change: impl FnOnce(&mut T)) -> bool {
        let Some(handle) = self.register.get(id).copied() else { return false };
        let Some(kept) = self.kept.get_mut(handle).and_then(Option::as_mut) else { return false };
        let kept = Arc::make_mut(kept);
        change(kept);
        let Some(card) = self.cards.get_mut(handle) else { return false };
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
        if let Some(card) = self.cards.get_mut(handle) {
            *card = Card { traits, alike, written_for: rows.holds_until(), ..BLANK };
        }
        self.note_households(&item, handle);
        if let Some(kept) = self.kept.get_mut(handle) {
            *kept = Some(Arc::new(item));
        }
        rows
    }

    fn enter(&mut self, id: T::Id) -> u32 {
        let handle = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.cards.push(BLANK);
            self.kept.push(None);
            u32::try_from(self.kept.len()).unwrap_or(u32::MAX).saturating_sub(1)
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
        let Some(card) = self.cards.get_mut(handle) else { return };
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
            if let Some(card) = self.cards.get_mut(row.handle) {
                *card.seat_of(row) = seat;
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
        (self.tree.bytes(), self.cards.bytes() + self.ids.bytes())
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
    /// Draws the planes once, after all have come, when they are many beside those who were there.
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        let (before, mut fresh, mut known) = (self.len(), Vec::new(), Vec::new());
        for item in items {
            let id = item.id();
            if self.register.get(id).is_some() {
                known.push(item);
            } else {
                let rows = self.admit(id, item);
                fresh.extend(rows.seen.map(|seen| seen.row));
                fresh.push(rows.usual);
            }
        }
        if fresh.len() > before / 4 {
            fresh.extend(self.tree.all_rows());
            self.replant(&fresh);
        } else {
            for row in &fresh {
                if let Some(card) = self.cards.get_mut(row.handle) {
                    *card.seat_of(row) = self.tree.insert(row);
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
