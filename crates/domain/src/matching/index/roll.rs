//! Everyone who is known, by id, and their rows by place.
//!
//! A copy of a roll costs a few thousand pointers and never changes: readers hold one while the
//! original goes on. Whoever is changed is copied then, and nobody else.

mod coming;
mod moves;
mod turns;

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
use crate::place::Position;

use turns::Change;
pub(in crate::matching) use turns::Journal;

/// What a roll can keep.
pub(in crate::matching) trait Kept: Clone {
    type Id: Copy + Eq + Ord + Hash + std::fmt::Debug;
    /// A change of one of them that leaves their id and their households as they are.
    type Edit: Copy + std::fmt::Debug;
    fn id(&self) -> Self::Id;
    fn traits(&self, alphabet: &mut Alphabet) -> Traits;
    fn alike(&self, table: &mut AlikeTable) -> u16;
    fn rows(&self, traits: Traits, alike: u16, handle: u32) -> Rows;
    /// Changes this one; answers what of the rows is to be made anew.
    fn edit(&mut self, edit: Self::Edit) -> Redo;
    /// Changes many, one after the other.
    fn edit_all(roll: &mut Roll<Self>, edits: &[(Self::Id, Self::Edit)]);
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
    /// Whole in every copy until somebody comes or goes.
    register: Arc<Register<T::Id>>,
    /// By handle; apart from the entries, because answers want nothing else.
    ids: Arc<Pages<T::Id, 64>>,
    entries: Pages<Entry<T>, 8>,
    /// Handles that were given back.
    free: Vec<u32>,
    /// The handles of those who name a household.
    familiar: Arc<Register<HouseholdId, Vec<u32>>>,
    alphabet: Arc<Alphabet>,
    pub(super) alike: AlikeTable,
    pub(super) tree: Tree,
    /// Changes since the tree was planted.
    changes: usize,
    /// What was changed since somebody last wanted to know.
    journal: Journal<T>,
}

impl<T: Kept> Default for Roll<T> {
    fn default() -> Self {
        Self {
            register: Arc::default(),
            ids: Arc::default(),
            entries: Pages::default(),
            free: Vec::new(),
            familiar: Arc::default(),
            alphabet: Arc::default(),
            alike: AlikeTable::default(),
            tree: Tree::default(),
            changes: 0,
            journal: Journal::Closed,
        }
    }
}

impl<T: Kept> Roll<T> {
    pub(in crate::matching) fn len(&self) -> usize {
        self.register.len()
    }

    pub(in crate::matching) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|entry| entry.kept.as_deref())
    }

    pub(in crate::matching) fn get(&self, id: T::Id) -> Option<&T> {
        self.by_handle(*self.register.get(id)?)
    }

    /// The numbers by which offers name those who are kept, some of them numbers of nobody.
    pub(in crate::matching) fn handles(&self) -> impl Iterator<Item = Option<&T>> {
        self.entries.iter().map(|entry| entry.kept.as_deref())
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
        self.upsert_shared(Arc::new(item))
    }

    fn upsert_shared(&mut self, item: Arc<T>) -> Option<Arc<T>> {
        self.journal.note(|| Change::Upsert(Arc::clone(&item)));
        let id = item.id();
        let handle = self.register.get(id).copied().unwrap_or_else(|| self.enter(id));
        self.file(&item, handle);
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
        let handle = Arc::make_mut(&mut self.register).remove(id)?;
        self.journal.note(|| Change::Remove(id));
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

    /// Changes one of them where it stands; whether they are known.
    pub(in crate::matching) fn edit(&mut self, id: T::Id, edit: T::Edit) -> bool {
        let is_known = self.edit_only(id, edit);
        self.replant_when_due();
        is_known
    }

    /// The same, with the planes left where they are.
    fn edit_only(&mut self, id: T::Id, edit: T::Edit) -> bool {
        let Some(handle) = self.register.get(id).copied() else { return false };
        let Some(Entry { card, kept: Some(kept) }) = self.entries.get_mut(handle) else { return false };
        self.journal.note(|| Change::Edit(id, edit));
        let kept = Arc::make_mut(kept);
        match kept.edit(edit) {
            Redo::Sighting if follow(&mut self.tree, card, kept, handle) => {}
            Redo::Sighting => seat(&mut self.tree, card, kept, handle),
            Redo::Traits => {
                card.traits = kept.traits(Arc::make_mut(&mut self.alphabet));
                seat(&mut self.tree, card, kept, handle);
            }
        }
        self.changes += 1;
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
        let ids = Arc::make_mut(&mut self.ids);
        let handle = self.free.pop().unwrap_or_else(|| {
            ids.push(id);
            self.entries.push(Entry { card: BLANK, kept: None });
            u32::try_from(self.entries.len()).unwrap_or(u32::MAX).saturating_sub(1)
        });
        if let Some(known) = ids.get_mut(handle) {
            *known = id;
        }
        Arc::make_mut(&mut self.register).insert(id, handle);
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
            let familiar = Arc::make_mut(&mut self.familiar);
            match familiar.get_mut(household) {
                Some(handles) => handles.push(handle),
                None => familiar.insert(household, vec![handle]),
            }
        }
    }

    fn forget_households(&mut self, item: &T, handle: u32) {
        for household in item.households() {
            let familiar = Arc::make_mut(&mut self.familiar);
            if let Some(handles) = familiar.get_mut(household) {
                handles.retain(|known| *known != handle);
                if handles.is_empty() {
                    familiar.remove(household);
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
