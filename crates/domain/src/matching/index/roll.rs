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
use super::row::{Row, Rows};
use super::traits::{Alphabet, Holds, Traits};
use super::tree::{NO_LEAF, Tree};

/// What a roll can keep.
pub(in crate::matching) trait Kept: Clone {
    type Id: Copy + Eq + Ord + Hash + std::fmt::Debug;
    fn id(&self) -> Self::Id;
    fn traits(&self, alphabet: &mut Alphabet) -> Traits;
    fn alike(&self, table: &mut AlikeTable) -> u16;
    fn rows(&self, traits: Traits, alike: u16, handle: u32) -> Rows;
}

/// Where the rows of one of them are, and what is in them.
#[derive(Debug, Clone, Copy)]
struct Card<I> {
    id: I,
    traits: Traits,
    /// The leaves of the row of the place last seen, and of the usual one.
    places: [u32; 2],
    alike: u16,
}

impl<I> Card<I> {
    fn place_of(&mut self, row: &Row) -> &mut u32 {
        let [sighted, usual] = &mut self.places;
        if row.traits.has(Traits::SIGHTED) { sighted } else { usual }
    }
}

#[derive(Debug, Clone)]
pub(in crate::matching) struct Roll<T: Kept> {
    register: Register<T::Id>,
    cards: Pages<Option<Card<T::Id>>>,
    kept: Pages<Option<Arc<T>>>,
    /// Handles that were given back.
    free: Vec<u32>,
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
            cards: Pages::default(),
            kept: Pages::default(),
            free: Vec::new(),
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
        self.by_handle(self.register.get(id)?)
    }

    pub(in crate::matching) fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    pub(super) fn by_handle(&self, handle: u32) -> Option<&T> {
        self.kept.get(handle)?.as_deref()
    }

    pub(super) fn id(&self, handle: u32) -> Option<T::Id> {
        Some(self.cards.get(handle)?.as_ref()?.id)
    }

    pub(in crate::matching) fn upsert(&mut self, item: T) -> Option<Arc<T>> {
        let id = item.id();
        let handle = self.register.get(id).unwrap_or_else(|| self.enter(id));
        self.file(id, &item, handle);
        let before = self.kept.get_mut(handle)?.replace(Arc::new(item));
        self.replant_when_due();
        before
    }

    pub(in crate::matching) fn remove(&mut self, id: T::Id) -> Option<Arc<T>> {
        let handle = self.register.remove(id)?;
        if let Some(card) = self.cards.get_mut(handle).and_then(Option::take) {
            let [sighted, usual] = card.places;
            self.tree.remove(sighted, handle, Holds::Yes);
            self.tree.remove(usual, handle, Holds::No);
        }
        self.free.push(handle);
        let before = self.kept.get_mut(handle)?.take();
        self.changes += 1;
        self.replant_when_due();
        before
    }

    /// Changes one of them where it stands; whether they are known. Their id must stay as it is.
    pub(in crate::matching) fn change(&mut self, id: T::Id, redo: Redo, change: impl FnOnce(&mut T)) -> bool {
        let Some(handle) = self.register.get(id) else { return false };
        let Some(kept) = self.kept.get_mut(handle).and_then(Option::as_mut) else { return false };
        let kept = Arc::make_mut(kept);
        change(kept);
        let Some(card) = self.cards.get_mut(handle).and_then(Option::as_mut) else { return false };
        match redo {
            Redo::Place => {}
            Redo::Traits => card.traits = kept.traits(Arc::make_mut(&mut self.alphabet)),
        }
        let rows = kept.rows(card.traits, card.alike, handle);
        seat(&mut self.tree, card, rows, handle);
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
        if let (Some(card), Some(kept)) = (self.cards.get_mut(handle), self.kept.get_mut(handle)) {
            *card = Some(Card { id, traits, places: [NO_LEAF; 2], alike });
            *kept = Some(Arc::new(item));
        }
        rows
    }

    fn enter(&mut self, id: T::Id) -> u32 {
        let handle = self.free.pop().unwrap_or_else(|| {
            self.cards.push(None);
            self.kept.push(None);
            u32::try_from(self.kept.len()).unwrap_or(u32::MAX).saturating_sub(1)
        });
        self.register.insert(id, handle);
        handle
    }

    fn file(&mut self, id: T::Id, item: &T, handle: u32) {
        let traits = item.traits(Arc::make_mut(&mut self.alphabet));
        let alike = item.alike(&mut self.alike);
        let Some(slot) = self.cards.get_mut(handle) else { return };
        let card = slot.get_or_insert(Card { id, traits, places: [NO_LEAF; 2], alike });
        card.traits = traits;
        card.alike = alike;
        seat(&mut self.tree, card, item.rows(traits, alike, handle), handle);
        self.changes += 1;
    }

    /// Builds the tree anew when many came, or much was changed since planes were drawn.
    fn replant_when_due(&mut self) {
        let len = self.len();
        if self.tree.strays > 256 + len / 4 || self.changes > 4_096 + 8 * len {
            let rows = self.tree.all_rows();
            self.replant(&rows);
        }
    }

    fn replant(&mut self, rows: &[Row]) {
        let (tree, places) = plant(rows);
        self.tree = tree;
        self.changes = 0;
        for (row, place) in rows.iter().zip(places) {
            if let Some(card) = self.cards.get_mut(row.handle).and_then(Option::as_mut) {
                *card.place_of(row) = place;
            }
        }
    }

    /// Bytes of the index: planes, leaves and what is alike; and of the cards by which it is changed.
    pub(in crate::matching) fn bytes(&self) -> (usize, usize) {
        (self.tree.bytes(), self.cards.bytes())
    }
}

/// What of the rows is made anew after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) enum Redo {
    /// Where they are, and when that counts.
    Place,
    /// That, and their traits.
    Traits,
}

fn seat<I>(tree: &mut Tree, card: &mut Card<I>, rows: Rows, handle: u32) {
    for ((place, row), sighted) in card.places.iter_mut().zip(rows).zip([Holds::Yes, Holds::No]) {
        *place = match (row, *place) {
            (None, NO_LEAF) => NO_LEAF,
            (None, leaf) => {
                tree.remove(leaf, handle, sighted);
                NO_LEAF
            }
            (Some(row), NO_LEAF) => tree.insert(&row),
            (Some(row), leaf) => tree.replace(leaf, &row),
        };
    }
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
                fresh.extend(self.admit(id, item).into_iter().flatten());
            }
        }
        if fresh.len() > before / 4 {
            fresh.extend(self.tree.all_rows());
            self.replant(&fresh);
        } else {
            for row in &fresh {
                if let Some(card) = self.cards.get_mut(row.handle).and_then(Option::as_mut) {
                    *card.place_of(row) = self.tree.insert(row);
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
