//! Where volunteers are, packed for asking about very many requests one after the other: the nearest of whom
//! each may be given to. It stands still; the index of the fleet is for what moves.
//!
//! Volunteers lie in blocks of thirty-two along a curve, under boxes of eight (a packed Hilbert R-tree: Kamel
//! and Faloutsos, 1993). Requests are best asked about along the same curve: the last answer says how far the
//! next one reaches at most, if as many are near. Chords on the sphere, so poles and antimeridian are as right
//! as any place.

use super::boxes::{BLOCK, Block, Bounds, Boxes, FAN, around_all};
use super::order::along_the_curve;
use crate::place::{Position, Spot};

/// Places of volunteers. A *row* is a volunteer by the place in the packed order.
#[derive(Debug, Clone, Default)]
pub struct Grounds {
    pub(super) blocks: Vec<Block>,
    /// The boxes by levels, from those around blocks to the one around all.
    pub(super) levels: Vec<Vec<Boxes>>,
    rows: Vec<u32>,
}

/// Somebody near, by the squared chord and the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbour(u64);

/// Memory for one question after the other, and what the last one taught.
#[derive(Debug, Clone)]
pub struct Scout {
    found: Vec<Neighbour>,
    last: Option<(Spot, f32)>,
    wanted: usize,
    limit2: f32,
}

impl Neighbour {
    /// Who: the row among the [`Grounds`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half of the key")]
    pub const fn row(self) -> u32 {
        self.0 as u32
    }

    /// How far: the great circle in decimetres, rounded.
    #[must_use]
    pub fn decimetres(self) -> u32 {
        crate::place::decimetres(self.chord2())
    }

    pub(super) const fn chord2(self) -> f32 {
        f32::from_bits((self.0 >> 32) as u32)
    }

    pub(super) fn new(chord2: f32, row: u32) -> Self {
        // Numbers that are not negative are in the order of their bits.
        Self(u64::from(chord2.to_bits()) << 32 | u64::from(row))
    }
}

impl Grounds {
    /// Packs the places.
    #[must_use]
    pub fn of(places: &[Position]) -> Self {
        let rows = along_the_curve(places);
        let spots: Vec<Spot> =
            rows.iter().filter_map(|row| places.get(*row as usize)).map(|place| Spot::of(*place)).collect();
        let blocks: Vec<Block> = spots.chunks(BLOCK).map(Block::of).collect();
        let mut around: Vec<Bounds> = blocks.iter().map(Block::bounds).collect();
        let mut levels = Vec::new();
        while around.len() > 1 || levels.is_empty() {
            let boxes: Vec<Boxes> = around.chunks(FAN).map(Boxes::of).collect();
            around = around.chunks(FAN).map(around_all).collect();
            levels.push(boxes);
        }
        Self { blocks, levels, rows }
    }

    /// The volunteers' numbers, as they were given, in the order of the rows.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }
}

impl Scout {
    /// For as many as this each time.
    #[must_use]
    pub fn new(wanted: usize) -> Self {
        Self { found: Vec::with_capacity(4 * wanted + BLOCK), last: None, wanted, limit2: f32::INFINITY }
    }

    /// The nearest of whom `may` says yes, in no order; of those equally near, the smaller row.
    pub fn nearest(
        &mut self,
        grounds: &Grounds,
        place: Position,
        mut may: impl FnMut(u32) -> bool,
    ) -> &[Neighbour] {
        let spot = Spot::of(place);
        self.limit2 = self.last.map_or(f32::INFINITY, |(last, chord2)| beyond(last, chord2, spot));
        self.search(grounds, spot, &mut may);
        if self.found.len() < self.wanted && self.limit2 < f32::INFINITY {
            self.limit2 = f32::INFINITY;
            self.search(grounds, spot, &mut may);
        }
        self.cut();
        let is_whole = self.found.len() == self.wanted;
        let farthest = self.found.iter().max().filter(|_| is_whole);
        self.last = farthest.map(|farthest| (spot, farthest.chord2()));
        &self.found
    }

    fn search(&mut self, grounds: &Grounds, spot: Spot, may: &mut impl FnMut(u32) -> bool) {
        self.found.clear();
        if let Some(top) = grounds.levels.len().checked_sub(1).filter(|_| self.wanted > 0) {
            self.descend(grounds, spot, (top, 0), may);
        }
    }

    fn descend(
        &mut self,
        grounds: &Grounds,
        spot: Spot,
        (level, at): (usize, usize),
        may: &mut impl FnMut(u32) -> bool,
    ) {
        let Some(boxes) = grounds.levels.get(level).and_then(|boxes| boxes.get(at)) else { return };
        let mut order = [(f32::INFINITY, 0); FAN];
        let mut near = 0;
        for (child, chord2) in boxes.chords2(spot).into_iter().enumerate() {
            if chord2 <= self.limit2 {
                insert(&mut order, near, (chord2, child));
                near += 1;
            }
        }
        for (chord2, child) in order.into_iter().take(near) {
            if chord2 > self.limit2 {
                return;
            }
            let child = at * FAN + child;
            match level.checked_sub(1) {
                Some(below) => self.descend(grounds, spot, (below, child), may),
                None => self.scan(grounds, spot, child, may),
            }
        }
    }

    fn scan(&mut self, grounds: &Grounds, spot: Spot, at: usize, may: &mut impl FnMut(u32) -> bool) {
        let Some(block) = grounds.blocks.get(at) else { return };
        let first = u32::try_from(at * BLOCK).unwrap_or(u32::MAX);
        let (chords2, limit2) = (block.chords2(spot), self.limit2);
        for (row, chord2) in (first..first + block.len).zip(chords2) {
            if chord2 <= limit2 && may(row) {
                self.found.push(Neighbour::new(chord2, row));
            }
        }
        if self.found.len() >= 2 * self.wanted + BLOCK {
            self.cut();
        }
    }

    /// Keeps as many as are wanted; nobody farther is looked at from here on.
    fn cut(&mut self) {
        if self.found.len() > self.wanted {
            self.found.select_nth_unstable(self.wanted - 1);
            self.found.truncate(self.wanted);
            if let Some(last) = self.found.last() {
                self.limit2 = self.limit2.min(last.chord2());
            }
        }
    }
}

fn insert(order: &mut [(f32, usize); FAN], len: usize, new: (f32, usize)) {
    let place = order.iter().take(len).position(|(chord2, _)| *chord2 > new.0).unwrap_or(len);
    if let Some(tail) = order.get_mut(place..=len.min(FAN - 1)) {
        tail.rotate_right(1);
        if let Some(here) = tail.first_mut() {
            *here = new;
        }
    }
}

/// A squared chord from one spot that holds all within another from a spot nearby.
fn beyond(last: Spot, chord2: f32, spot: Spot) -> f32 {
    let chord = chord2.sqrt() + last.chord2(spot.x, spot.y, spot.z).sqrt();
    chord * chord * 1.000_01
}
