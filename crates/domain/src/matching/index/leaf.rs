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

/// In this order, because whoever copies a page of leaves counts every one of them, in the line of memory
/// before it: what is read of a leaf first begins a line later, so that readers on another core keep theirs.
#[derive(Debug, Clone)]
#[repr(C)]
pub(super) struct Leaf {
    handles: [u32; ROWS],
    /// Every useful trait of any row that was ever here: see [`Row::hints`].
    pub(super) any: Traits,
    /// Where rows go when this leaf is full; only the last of them has room.
    pub(super) more: Vec<Arc<Leaf>>,
    /// Which rows are taken.
    pub(super) used: Column,
    /// The greatest radius of any row that was ever here.
    pub(super) reach: u16,
    /// Whether its rows are somewhere.
    pub(super) placed: Holds,
    traits: [Column; TRAITS],
    xs: [i32; ROWS],
    ys: [i32; ROWS],
    zs: [i32; ROWS],
    bounds: [Bounds; ROWS],
    alikes: [u16; ROWS],
    times: [Times; ROWS],
}

/// What is compared of a row after its traits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    /// The row counts from this second on, and before the other. The usual place of somebody who was
    /// seen may count some [`PLAY`](super::row::PLAY) later.
    pub(super) from: u32,
    pub(super) until: u32,
    /// How much more could be asked of it, in steps: less than asked for is too little, as much as
    /// asked for may be.
    pub(super) weight: u16,
    pub(super) volume: u16,
    /// In metres; or [`FAR`](super::row::FAR).
    pub(super) radius: u16,
    /// Under which number it shares what many have alike.
    pub(super) alike: u16,
}

/// Of the [limits](Limits) what nearly every question compares.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) weight: u16,
    pub(super) volume: u16,
    pub(super) radius: u16,
}

/// Of the [limits](Limits) when the row counts. Apart, because a row without times says so by its traits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    pub(super) from: u32,
    pub(super) until: u32,
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            any: Traits(0),
            more: Vec::new(),
            used: 0,
            reach: 0,
            placed: Holds::Yes,
            traits: [0; TRAITS],
            xs: [0; ROWS],
            ys: [0; ROWS],
            zs: [0; ROWS],
            bounds: [Bounds::default(); ROWS],
            alikes: [0; ROWS],
            times: [Times::default(); ROWS],
            handles: [0; ROWS],
        }
    }
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
        self.traits.get(number as usize % TRAITS).copied().unwrap_or(0)
    }

    /// The rows that have any of these traits.
    #[inline]
    pub(super) fn having_any(&self, wanted: Traits) -> Column {
        let (mut rows, mut left) = (0, wanted.0);
        while left != 0 {
            rows |= self.having(left.trailing_zeros());
            left &= left - 1;
        }
        rows
    }

    /// The rows of a set that have all of these traits.
    #[inline]
    pub(super) fn having_all(&self, mut rows: Column, wanted: Traits) -> Column {
        let mut left = wanted.0;
        while left != 0 && rows != 0 {
            rows &= self.having(left.trailing_zeros());
            left &= left - 1;
        }
        rows
    }

    /// Reads a word of each part that every question reads, so that they are on their way while another
    /// leaf is looked at.
    #[inline]
    pub(super) fn touch(&self) -> u32 {
        let all = [&self.xs, &self.ys, &self.zs];
        let [x, y, z] = all.map(|column| {
            let [near, far] = [0, ROWS / 2].map(|at| column.get(at).copied().unwrap_or(0));
            near ^ far
        });
        let bounds = [0, ROWS / 2].map(|at| self.bounds.get(at).map_or(0, |bounds| bounds.weight));
        let bounds = bounds.into_iter().fold(0, |read, weight| read ^ u32::from(weight));
        self.touch_traits() ^ bounds ^ (x ^ y ^ z).cast_unsigned()
    }

    /// The same for whoever asks the rules of everyone.
    #[inline]
    pub(super) fn touch_rules(&self) -> u32 {
        let [near, far] = [0, ROWS - 1].map(|at| self.alikes.get(at).copied().unwrap_or(0));
        self.touch_traits() ^ u32::from(near ^ far)
    }

    /// Reads a word of each line of memory that the next row will be written to.
    pub(super) fn touch_place(&self) -> u32 {
        let place = (!self.used).trailing_zeros();
        let at = place as usize % ROWS;
        let of = |column: &[i32; ROWS]| column.get(at).copied().unwrap_or(0).cast_unsigned();
        let spot = of(&self.xs) ^ of(&self.ys) ^ of(&self.zs);
        let limits = u32::from(self.alike(place) ^ self.bounds(place).weight) ^ self.times(place).from;
        self.touch_traits() ^ spot ^ limits ^ self.handle(place)
    }

    #[inline]
    fn touch_traits(&self) -> u32 {
        [0, 16, 32, 48].into_iter().fold(self.used, |read, number| read ^ self.having(number))
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

    /// The squared chord of one row.
    #[inline]
    pub(super) fn chord2(&self, row: u32, from: Spot) -> f32 {
        let at = |column: &[i32; ROWS]| column.get(row as usize % ROWS).copied().unwrap_or(0);
        from.chord2(at(&self.xs), at(&self.ys), at(&self.zs))
    }

    #[inline]
    pub(super) fn limits(&self, row: u32) -> Limits {
        let (Bounds { weight, volume, radius }, Times { from, until }) = (self.bounds(row), self.times(row));
        Limits { from, until, weight, volume, radius, alike: self.alike(row) }
    }

    #[inline]
    pub(super) fn bounds(&self, row: u32) -> Bounds {
        self.bounds.get(row as usize % ROWS).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn times(&self, row: u32) -> Times {
        self.times.get(row as usize % ROWS).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn alike(&self, row: u32) -> u16 {
        self.alikes.get(row as usize % ROWS).copied().unwrap_or(u16::MAX)
    }

    #[inline]
    pub(super) fn handle(&self, row: u32) -> u32 {
        self.handles.get(row as usize % ROWS).copied().unwrap_or(u32::MAX)
    }

    /// The claims that a row's volunteer holds, as far as traits can count.
    pub(super) fn claims(&self, row: u32) -> u32 {
        (0..4).map(|bit| (self.having(20 + bit) >> row & 1) << bit).sum()
    }

    /// The rows whose weight is less than this, and those where it is this.
    pub(super) fn lighter(&self, weight: u16) -> (Column, Column) {
        self.compared(weight, |bounds| bounds.weight)
    }

    /// The rows whose volume is less than this, and those where it is this.
    pub(super) fn smaller(&self, volume: u16) -> (Column, Column) {
        self.compared(volume, |bounds| bounds.volume)
    }

    fn compared(&self, wanted: u16, step: impl Fn(&Bounds) -> u16) -> (Column, Column) {
        let all = || self.bounds.iter().map(&step);
        (column(all().map(|step| step < wanted)), column(all().map(|step| step == wanted)))
    }

    pub(super) const fn is_full(&self) -> bool {
        self.used == Column::MAX
    }

    /// Puts a row into a place that is free, if there is one.
    pub(super) fn insert(&mut self, row: &Row) -> Option<u32> {
        let place = (!self.used).trailing_zeros();
        if place >= Column::BITS {
            return None;
        }
        self.put(place, row);
        Some(place)
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

    /// Counts the usual row of this handle, in a further block, from another second on.
    pub(super) fn put_more_from(&mut self, handle: u32, from: u32) {
        for block in &mut self.more {
            if let Some(place) = block.find(handle, Holds::No) {
                Arc::make_mut(block).put_from(place, from);
            }
        }
    }

    pub(super) fn free(&mut self, place: u32) {
        self.used &= !(1_u32.checked_shl(place).unwrap_or(0));
    }

    /// Every row, by what is kept of it.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        let mut traits = [0_u64; ROWS];
        for (number, column) in self.traits.iter().enumerate() {
            for place in places(*column & self.used) {
                if let Some(traits) = traits.get_mut(place as usize) {
                    *traits |= 1 << number;
                }
            }
        }
        places(self.used).filter_map(move |place| self.row(place, Traits(*traits.get(place as usize)?)))
    }

    fn row(&self, place: u32, traits: Traits) -> Option<Row> {
        let at = place as usize;
        let spot = Spot { x: *self.xs.get(at)?, y: *self.ys.get(at)?, z: *self.zs.get(at)? };
        let spot = (self.placed == Holds::Yes).then_some(spot);
        Some(Row { spot, traits, limits: self.limits(place), handle: self.handle(place) })
    }

    /// Counts a row from another second on.
    pub(super) fn put_from(&mut self, place: u32, from: u32) {
        if let Some(times) = self.times.get_mut(place as usize) {
            times.from = from;
        }
    }

    /// Writes a row into a place, whatever was there.
    pub(super) fn put(&mut self, place: u32, row: &Row) {
        let bit = 1_u32.checked_shl(place).unwrap_or(0);
        let at = place as usize;
        let spot = row.spot.unwrap_or_default();
        set(&mut self.xs, at, spot.x);
        set(&mut self.ys, at, spot.y);
        set(&mut self.zs, at, spot.z);
        let Limits { from, until, weight, volume, radius, alike } = row.limits;
        set(&mut self.bounds, at, Bounds { weight, volume, radius });
        set(&mut self.alikes, at, alike);
        set(&mut self.times, at, Times { from, until });
        set(&mut self.handles, at, row.handle);
        // In halves and without shifts: what a vector unit does four at a time.
        let (halves, _) = self.traits.as_chunks_mut::<32>();
        for (columns, half) in halves.iter_mut().zip(row.traits.halves()) {
            for (number, rows) in columns.iter_mut().enumerate() {
                let has = if half & (1 << number) == 0 { 0 } else { bit };
                *rows = (*rows & !bit) | has;
            }
        }
        self.used |= bit;
        self.any = self.any.with(row.hints());
        self.reach = self.reach.max(row.limits.radius);
    }
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

/// The rows whose squared chord is not beyond a limit.
#[inline]
pub(super) fn within(chords2: &[f32; ROWS], limit: f32) -> Column {
    // Four at a time, each with bits of its own: what a vector unit does at once.
    let (lanes, _) = chords2.as_chunks::<4>();
    let mut found = [0_u32; 4];
    for (step, lane) in lanes.iter().enumerate() {
        for (place, chord2) in lane.iter().enumerate() {
            let bit = if *chord2 <= limit { 1_u32 << (4 * step + place) } else { 0 };
            if let Some(found) = found.get_mut(place) {
                *found |= bit;
            }
        }
    }
    found.iter().fold(0, |all, bits| all | bits)
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
