//! Up to thirty-two rows that are near each other, column by column.
//!
//! A trait is a column of one bit for each row, so that a rule is asked of all rows at once by one
//! *and*; coordinates are columns too, so that all distances are taken at once.

use std::sync::Arc;

use super::row::Row;
use super::traits::{Holds, TRAITS, Traits};
use crate::place::Spot;

/// Rows of a leaf: as many as a column of bits has.
pub(super) const ROWS: usize = 32;

/// A set of rows of one leaf.
pub(super) type Column = u32;

#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Which rows are taken.
    pub(super) used: Column,
    /// The greatest radius of any row that was ever here.
    pub(super) reach: u16,
    /// Every trait of any row that was ever here.
    pub(super) any: Traits,
    /// Where rows go when this leaf is full; only the last of them has room.
    pub(super) more: Vec<Arc<Leaf>>,
    /// Whether its rows are somewhere.
    pub(super) placed: Holds,
    traits: [Column; TRAITS],
    xs: [i32; ROWS],
    ys: [i32; ROWS],
    zs: [i32; ROWS],
    froms: [u32; ROWS],
    untils: [u32; ROWS],
    radii: [u16; ROWS],
    weights: [u16; ROWS],
    volumes: [u16; ROWS],
    alikes: [u16; ROWS],
    handles: [u32; ROWS],
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            used: 0,
            reach: 0,
            any: Traits(0),
            more: Vec::new(),
            placed: Holds::Yes,
            xs: [0; ROWS],
            ys: [0; ROWS],
            zs: [0; ROWS],
            traits: [0; TRAITS],
            froms: [0; ROWS],
            untils: [0; ROWS],
            radii: [0; ROWS],
            weights: [0; ROWS],
            volumes: [0; ROWS],
            alikes: [0; ROWS],
            handles: [0; ROWS],
        }
    }
}

/// What is compared of a row after its traits, by its place in the leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) from: u32,
    pub(super) until: u32,
    pub(super) weight: u16,
    pub(super) volume: u16,
}

impl Leaf {
    /// A leaf for those of whom nobody knows where they are.
    pub(super) fn of_nowhere() -> Self {
        Self { placed: Holds::No, ..Self::default() }
    }

    pub(super) fn is_nowhere(&self) -> bool {
        self.placed == Holds::No
    }

    /// This block and those that hold what it had no room for.
    #[inline]
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.more.iter().map(AsRef::as_ref))
    }

    /// The rows that have this trait, taken or not.
    #[inline]
    pub(super) fn having(&self, number: u32) -> Column {
        self.traits.get(number as usize).copied().unwrap_or(0)
    }

    /// The rows that have any of these traits.
    #[inline]
    pub(super) fn having_any(&self, wanted: Traits) -> Column {
        wanted.numbers().fold(0, |rows, number| rows | self.having(number))
    }

    /// The squared chord of every row.
    #[inline]
    pub(super) fn chords2(&self, from: Spot) -> [f32; ROWS] {
        let mut chords = [0.0; ROWS];
        let places = self.xs.iter().zip(&self.ys).zip(&self.zs);
        for (chord, ((x, y), z)) in chords.iter_mut().zip(places) {
            *chord = from.chord2(*x, *y, *z);
        }
        chords
    }

    #[inline]
    pub(super) fn limits(&self, row: u32) -> Option<Limits> {
        let row = row as usize;
        Some(Limits {
            from: *self.froms.get(row)?,
            until: *self.untils.get(row)?,
            weight: *self.weights.get(row)?,
            volume: *self.volumes.get(row)?,
        })
    }

    #[inline]
    pub(super) fn handle(&self, row: u32) -> u32 {
        self.handles.get(row as usize).copied().unwrap_or(u32::MAX)
    }

    #[inline]
    pub(super) fn alike(&self, row: u32) -> u16 {
        self.alikes.get(row as usize).copied().unwrap_or(u16::MAX)
    }

    #[inline]
    pub(super) fn radius(&self, row: u32) -> u16 {
        self.radii.get(row as usize).copied().unwrap_or(u16::MAX)
    }

    /// The claims that a row's volunteer holds, as far as traits can count.
    pub(super) fn claims(&self, row: u32) -> u32 {
        (0..4).map(|bit| (self.having(20 + bit) >> row & 1) << bit).sum()
    }

    /// The rows whose weight is less than this, and those where it is this.
    pub(super) fn lighter(&self, weight: u16) -> (Column, Column) {
        compared(&self.weights, weight)
    }

    /// The rows whose volume is less than this, and those where it is this.
    pub(super) fn smaller(&self, volume: u16) -> (Column, Column) {
        compared(&self.volumes, volume)
    }

    pub(super) const fn is_full(&self) -> bool {
        self.used == Column::MAX
    }

    /// Puts a row into a place that is free; false when there is none.
    pub(super) fn insert(&mut self, row: &Row) -> bool {
        let place = (!self.used).trailing_zeros();
        if place >= Column::BITS {
            return false;
        }
        self.put(place, row);
        true
    }

    /// Where the row of this handle is; whether it is the place last seen or not is told by its trait.
    pub(super) fn find(&self, handle: u32, sighted: Holds) -> Option<u32> {
        let same = column(self.handles.iter().map(|known| *known == handle)) & self.used;
        let kind = self.having(Traits::SIGHTED.0.trailing_zeros());
        let found = same & if sighted == Holds::Yes { kind } else { !kind };
        (found != 0).then(|| found.trailing_zeros())
    }

    /// Puts a row into a further block.
    pub(super) fn insert_more(&mut self, row: &Row) {
        if self.more.last().is_none_or(|last| last.is_full()) {
            self.more.push(Arc::default());
        }
        if let Some(last) = self.more.last_mut() {
            Arc::make_mut(last).insert(row);
        }
    }

    /// Takes a row out of a further block; whether it was there.
    pub(super) fn remove_more(&mut self, handle: u32, sighted: Holds) -> bool {
        let found = self
            .more
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, block)| block.find(handle, sighted).map(|place| (at, place)));
        let Some((at, place)) = found else { return false };
        if let Some(block) = self.more.get_mut(at) {
            let block = Arc::make_mut(block);
            block.free(place);
            if block.used == 0 {
                self.more.swap_remove(at);
            }
        }
        true
    }

    pub(super) fn free(&mut self, place: u32) {
        self.used &= !(1_u32.checked_shl(place).unwrap_or(0));
    }

    /// The row in a place.
    pub(super) fn row(&self, place: u32) -> Option<Row> {
        let at = place as usize;
        let spot = Spot { x: *self.xs.get(at)?, y: *self.ys.get(at)?, z: *self.zs.get(at)? };
        let traits = self.traits.iter().rev().fold(0, |bits, rows| bits << 1 | u64::from(rows >> place & 1));
        let limits = self.limits(place)?;
        Some(Row {
            spot: (self.placed == Holds::Yes).then_some(spot),
            traits: Traits(traits),
            from: limits.from,
            until: limits.until,
            radius: self.radius(place),
            weight: limits.weight,
            volume: limits.volume,
            alike: self.alike(place),
            handle: self.handle(place),
        })
    }

    /// Writes a row into a place, whatever was there.
    pub(super) fn put(&mut self, place: u32, row: &Row) {
        let bit = 1_u32.checked_shl(place).unwrap_or(0);
        let at = place as usize;
        let spot = row.spot.unwrap_or_default();
        set(&mut self.xs, at, spot.x);
        set(&mut self.ys, at, spot.y);
        set(&mut self.zs, at, spot.z);
        set(&mut self.froms, at, row.from);
        set(&mut self.untils, at, row.until);
        set(&mut self.radii, at, row.radius);
        set(&mut self.weights, at, row.weight);
        set(&mut self.volumes, at, row.volume);
        set(&mut self.alikes, at, row.alike);
        set(&mut self.handles, at, row.handle);
        for (number, rows) in self.traits.iter_mut().enumerate() {
            let has = (row.traits.0 >> number) as u32 & 1;
            *rows = (*rows & !bit) | (has << place);
        }
        self.used |= bit;
        self.any = self.any.with(row.traits);
        self.reach = self.reach.max(row.radius);
    }
}

fn compared(steps: &[u16; ROWS], wanted: u16) -> (Column, Column) {
    (column(steps.iter().map(|step| *step < wanted)), column(steps.iter().map(|step| *step == wanted)))
}

#[inline]
pub(super) fn column(holds: impl Iterator<Item = bool>) -> Column {
    holds.enumerate().fold(0, |rows, (place, holds)| rows | (u32::from(holds) << place))
}

fn set<T>(column: &mut [T; ROWS], at: usize, value: T) {
    if let Some(place) = column.get_mut(at) {
        *place = value;
    }
}

/// The places of a set of rows.
#[inline]
pub(super) fn places(mut rows: Column) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = rows.trailing_zeros();
        rows &= rows.wrapping_sub(1);
        (place < Column::BITS).then_some(place)
    })
}
