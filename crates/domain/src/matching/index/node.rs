//! A node of the tree: up to eight cells, the most that each can hold, and the planes between them.
//!
//! Where the cells are never changes, so that all eight distances are taken at once. What they hold
//! at most only ever grows, so that copies may share it: one that stands still is told a little too
//! much, never too little.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering::Relaxed};

use super::row::Row;
use super::traits::Traits;
use crate::place::{Axis, Patch, Spot};

/// Cells of a node: what two vectors of four hold.
pub(super) const FAN: usize = 8;

/// A subtree: a node, or a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    Node(u32),
    Leaf(u32),
}

const IS_LEAF: u32 = 1 << 31;

/// What a subtree is, and holds at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planted {
    pub(super) child: Child,
    pub(super) any: Traits,
    pub(super) reach: u16,
}

/// Where one goes from a plane: to another plane of this node, or into a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Cut(u8),
    Cell(u8),
}

/// A plane across an axis: on the low side no coordinate is above it, on the high side none below.
#[derive(Debug, Clone, Copy)]
struct Cut {
    at: i32,
    axis: Axis,
    low: Way,
    high: Way,
}

const NO_CUT: Cut = Cut { at: 0, axis: Axis::X, low: Way::Cell(0), high: Way::Cell(0) };

/// The cells and the planes between them.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Node {
    low: [[f32; FAN]; 3],
    high: [[f32; FAN]; 3],
    any: [AtomicU64; FAN],
    /// The numbers of the children, with [`IS_LEAF`] where it is a leaf.
    children: [u32; FAN],
    reach: [AtomicU16; FAN],
    cuts: [Cut; FAN - 1],
    cells: u8,
    planes: u8,
}

/// The cells that begin within a limit, the nearest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearby {
    /// Squared chords with the cell's number in the lowest bits: rounded down, and so still bounds.
    keys: [u32; FAN],
    count: usize,
}

/// The bits of a key that tell the cell.
const CELL: u32 = FAN as u32 - 1;

impl Default for Node {
    fn default() -> Self {
        Self {
            // Infinitely far, until there is a cell.
            low: [[f32::INFINITY; FAN]; 3],
            high: [[f32::INFINITY; FAN]; 3],
            any: [const { AtomicU64::new(0) }; FAN],
            children: [0; FAN],
            reach: [const { AtomicU16::new(0) }; FAN],
            cuts: [NO_CUT; FAN - 1],
            cells: 0,
            planes: 0,
        }
    }
}

impl Node {
    /// Adds a cell, as long as there are fewer than [`FAN`].
    pub(super) fn add_cell(&mut self, patch: &Patch, planted: Planted) -> Way {
        let cell = self.cells;
        let at = usize::from(cell);
        let (low, high) = patch.box_around();
        for (columns, corner) in [(&mut self.low, low), (&mut self.high, high)] {
            for (column, value) in columns.iter_mut().zip(corner) {
                set(column, at, value);
            }
        }
        set(&mut self.any, at, AtomicU64::new(planted.any.0));
        set(&mut self.reach, at, AtomicU16::new(planted.reach));
        let number = match planted.child {
            Child::Node(number) => number,
            Child::Leaf(number) => number | IS_LEAF,
        };
        set(&mut self.children, at, number);
        self.cells += 1;
        Way::Cell(cell)
    }

    /// Adds a plane; where it leads to is told later.
    pub(super) fn add_cut(&mut self, axis: Axis, at: i32) -> u8 {
        let number = self.planes;
        set(&mut self.cuts, usize::from(number), Cut { at, axis, ..NO_CUT });
        self.planes += 1;
        number
    }

    pub(super) fn lead(&mut self, cut: u8, low: Way, high: Way) {
        if let Some(cut) = self.cuts.get_mut(usize::from(cut)) {
            (cut.low, cut.high) = (low, high);
        }
    }

    /// What all cells together hold at most.
    pub(super) fn most(&self) -> (Traits, u16) {
        let cells = 0..u32::from(self.cells);
        cells.fold((Traits(0), 0), |(any, reach), cell| {
            (any.with(self.any(cell)), reach.max(self.reach(cell)))
        })
    }

    /// The cells that begin within a squared chord, and can hold what is wanted.
    #[inline]
    pub(super) fn nearby(
        &self,
        from: &[f32; 3],
        limit: f32,
        wants: impl Fn(Traits, u16, f32) -> bool,
    ) -> Nearby {
        let mut bounds = [0.0_f32; FAN];
        for ((low, high), from) in self.low.iter().zip(&self.high).zip(from) {
            for ((bound, low), high) in bounds.iter_mut().zip(low).zip(high) {
                let gap = larger(larger(low - from, from - high), 0.0);
                *bound += gap * gap;
            }
        }
        let mut nearby = Nearby { keys: [0; FAN], count: 0 };
        // What is infinitely far is no cell.
        let limit = if limit < f32::MAX { limit } else { f32::MAX };
        for (cell, bound) in (0_u32..).zip(bounds) {
            if bound <= limit && wants(self.any(cell), self.reach(cell), bound) {
                nearby.insert(bound.to_bits() & !CELL | cell);
            }
        }
        nearby
    }

    /// Reads a word of each part that a walk reads, so that they are on their way.
    #[inline]
    pub(super) fn touch(&self) -> u32 {
        let [low, middle, _] = &self.low;
        let [_, _, high] = &self.high;
        let [low, middle, high] =
            [low, middle, high].map(|column| column.first().copied().unwrap_or(0.0).to_bits());
        low ^ middle ^ high ^ u32::from(self.reach(0))
    }

    #[inline]
    pub(super) fn any(&self, cell: u32) -> Traits {
        Traits(self.any.get(cell as usize % FAN).map_or(0, |any| any.load(Relaxed)))
    }

    #[inline]
    pub(super) fn reach(&self, cell: u32) -> u16 {
        self.reach.get(cell as usize % FAN).map_or(0, |reach| reach.load(Relaxed))
    }

    #[inline]
    pub(super) fn child(&self, cell: u32) -> Child {
        let number = self.children.get(cell as usize % FAN).copied().unwrap_or(0);
        if number & IS_LEAF == 0 { Child::Node(number) } else { Child::Leaf(number & !IS_LEAF) }
    }

    /// The child in whose cell a spot is; its cell is told of the row.
    pub(super) fn lead_in(&self, spot: Spot, row: &Row) -> Child {
        let cell = u32::from(self.cell_of(spot));
        let (hints, radius) = (row.hints(), row.limits.radius);
        // Looked at before it is written: nearly always there is nothing to add.
        if !self.any(cell).has(hints)
            && let Some(any) = self.any.get(cell as usize)
        {
            any.fetch_or(hints.0, Relaxed);
        }
        if self.reach(cell) < radius
            && let Some(reach) = self.reach.get(cell as usize)
        {
            reach.fetch_max(radius, Relaxed);
        }
        self.child(cell)
    }

    fn cell_of(&self, spot: Spot) -> u8 {
        let mut way = Way::Cut(0);
        loop {
            match way {
                Way::Cell(cell) => return cell,
                Way::Cut(number) => {
                    let Some(cut) = self.cuts.get(usize::from(number)) else { return 0 };
                    way = if spot.along(cut.axis) < cut.at { cut.low } else { cut.high };
                }
            }
        }
    }
}

impl Nearby {
    /// Keeps the keys in order; there are at most as many as cells.
    #[inline]
    fn insert(&mut self, key: u32) {
        let mut place = self.count.min(FAN - 1);
        while place > 0
            && let Some(before) = self.keys.get(place - 1).copied()
            && before > key
        {
            set(&mut self.keys, place, before);
            place -= 1;
        }
        set(&mut self.keys, place, key);
        self.count += 1;
    }

    /// How far each cell is at least, and which it is.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = (f32, u32)> {
        self.keys.iter().take(self.count).map(|key| (f32::from_bits(key & !CELL), key & CELL))
    }
}

/// The larger of two numbers that are numbers: one instruction, unlike `max`.
#[inline]
const fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline]
fn set<T, const N: usize>(column: &mut [T; N], at: usize, value: T) {
    if let Some(place) = column.get_mut(at) {
        *place = value;
    }
}
