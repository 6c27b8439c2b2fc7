//! Leaves under a fixed skeleton of planes, walked outward from a spot.
//!
//! The planes are drawn once, when the tree is built, and shared by all copies. What a plane's two
//! sides hold at most (traits, reach) only ever grows, so it may be shared as well: a copy that
//! stands still is told a little too much, never too little. Leaves are copied when they change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use super::leaf::{Leaf, places};
use super::pages::Pages;
use super::row::Row;
use super::traits::{Holds, Traits};
use crate::place::{Axis, Spot, apart};

/// The place of someone who has no row.
pub(super) const NO_LEAF: u32 = u32::MAX;

/// A subtree: a plane with two sides, or a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    Plane(u32),
    Leaf(u32),
}

/// One side of a plane, and the most that it can hold.
#[derive(Debug)]
pub(super) struct Side {
    any: AtomicU64,
    reach: AtomicU32,
    /// The child's number, with [`IS_LEAF`] where it is a leaf.
    child: u32,
}

const IS_LEAF: u32 = 1 << 31;

/// A plane across an axis: on the low side no coordinate is above it, on the high side none below.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) axis: Axis,
    pub(super) at: i32,
    pub(super) low: Side,
    pub(super) high: Side,
}

/// Rows by place, for whoever walks outward from a spot.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) planes: Arc<[Plane]>,
    pub(super) root: Child,
    pub(super) leaves: Pages<Arc<Leaf>>,
    /// The leaf that takes rows without a spot. No plane leads to it.
    pub(super) nowhere: u32,
    /// Rows beyond the first block of their leaf.
    pub(super) strays: usize,
}

/// A walk over the tree: how far it goes, what it passes by, what it does with a leaf.
pub(super) trait Walk {
    /// Beyond this squared chord nothing is wanted any more.
    fn limit(&self) -> f32;
    /// Whether rows of these traits and this reach can be wanted, not nearer than so.
    fn wants(&self, any: Traits, reach: u16, chord2: f32) -> bool;
    fn leaf(&mut self, leaf: &Leaf);
}

impl Side {
    pub(super) const fn new(child: Child, any: Traits, reach: u16) -> Self {
        let child = match child {
            Child::Plane(number) => number,
            Child::Leaf(number) => number | IS_LEAF,
        };
        Self { any: AtomicU64::new(any.0), reach: AtomicU32::new(reach as u32), child }
    }

    const fn child(&self) -> Child {
        if self.child & IS_LEAF == 0 { Child::Plane(self.child) } else { Child::Leaf(self.child & !IS_LEAF) }
    }

    pub(super) fn any(&self) -> Traits {
        Traits(self.any.load(Relaxed))
    }

    pub(super) fn reach(&self) -> u16 {
        u16::try_from(self.reach.load(Relaxed)).unwrap_or(u16::MAX)
    }

    fn raise(&self, row: &Row) {
        // Looked at before it is written: nearly always there is nothing to add.
        if !self.any().has(row.traits) {
            self.any.fetch_or(row.traits.0, Relaxed);
        }
        if self.reach() < row.radius {
            self.reach.fetch_max(u32::from(row.radius), Relaxed);
        }
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            planes: Arc::new([]),
            root: Child::Leaf(1),
            leaves: [Arc::new(Leaf::of_nowhere()), Arc::default()].into_iter().collect(),
            nowhere: 0,
            strays: 0,
        }
    }
}

impl Tree {
    /// Goes to the leaves around a spot, the near side of each plane first.
    pub(super) fn outward(&self, from: Spot, walk: &mut impl Walk) {
        self.visit(self.root, from, [0.0; 3], walk);
    }

    fn visit(&self, child: Child, from: Spot, off: [f32; 3], walk: &mut impl Walk) {
        let number = match child {
            Child::Leaf(leaf) => return self.visit_leaf(leaf, walk),
            Child::Plane(number) => number,
        };
        let Some(plane) = self.planes.get(number as usize) else { return };
        let gap = apart(from.along(plane.axis), plane.at);
        let (near, far) = if gap < 0.0 { (&plane.low, &plane.high) } else { (&plane.high, &plane.low) };
        let [x, y, z] = off;
        if walk.wants(near.any(), near.reach(), x + y + z) {
            self.visit(near.child(), from, off, walk);
        }
        let beyond = match plane.axis {
            Axis::X => [gap * gap, y, z],
            Axis::Y => [x, gap * gap, z],
            Axis::Z => [x, y, gap * gap],
        };
        let bound = beyond.iter().sum();
        if bound <= walk.limit() && walk.wants(far.any(), far.reach(), bound) {
            self.visit(far.child(), from, beyond, walk);
        }
    }

    fn visit_leaf(&self, number: u32, walk: &mut impl Walk) {
        for leaf in self.blocks(number) {
            walk.leaf(leaf);
        }
    }

    /// The blocks of a leaf: one, unless more came than it holds.
    #[inline]
    pub(super) fn blocks(&self, number: u32) -> impl Iterator<Item = &Leaf> {
        let first = self.leaves.get(number).map(AsRef::as_ref);
        first.into_iter().flat_map(Leaf::blocks)
    }

    /// Every block of every leaf.
    pub(super) fn all_blocks(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().flat_map(|leaf| leaf.blocks())
    }

    /// The leaf in which a row belongs; tells every plane on the way of it.
    fn leaf_for(&self, row: &Row) -> u32 {
        let Some(spot) = row.spot else { return self.nowhere };
        let mut child = self.root;
        loop {
            let number = match child {
                Child::Leaf(leaf) => return leaf,
                Child::Plane(number) => number,
            };
            let Some(plane) = self.planes.get(number as usize) else { return self.nowhere };
            let side = if spot.along(plane.axis) < plane.at { &plane.low } else { &plane.high };
            side.raise(row);
            child = side.child();
        }
    }

    /// Puts a row in and answers in which leaf it is.
    pub(super) fn insert(&mut self, row: &Row) -> u32 {
        let number = self.leaf_for(row);
        self.insert_into(number, row)
    }

    fn insert_into(&mut self, number: u32, row: &Row) -> u32 {
        let Some(first) = self.leaves.get_mut(number) else { return NO_LEAF };
        let first = Arc::make_mut(first);
        if first.insert(row) {
            return number;
        }
        if first.placed == Holds::No {
            // Those who are nowhere are near nobody: any leaf will do.
            self.nowhere = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
            self.leaves.push(Arc::new(Leaf::of_nowhere()));
            return self.insert_into(self.nowhere, row);
        }
        self.strays += 1;
        first.insert_more(row);
        number
    }

    pub(super) fn remove(&mut self, number: u32, handle: u32, sighted: Holds) {
        let Some(first) = self.leaves.get_mut(number) else { return };
        let first = Arc::make_mut(first);
        if let Some(place) = first.find(handle, sighted) {
            first.free(place);
        } else if first.remove_more(handle, sighted) {
            self.strays = self.strays.saturating_sub(1);
        }
    }

    /// Puts a row in the place of the one of its handle and kind; answers in which leaf it is then.
    pub(super) fn replace(&mut self, number: u32, row: &Row) -> u32 {
        let sighted = Holds::from(row.traits.has(Traits::SIGHTED));
        let belongs = self.leaf_for(row);
        if (belongs == number || row.spot.is_none())
            && let Some(first) = self.leaves.get_mut(number)
            && (row.spot.is_some() || first.placed == Holds::No)
            && let Some(place) = first.find(row.handle, sighted)
        {
            Arc::make_mut(first).put(place, row);
            return number;
        }
        self.remove(number, row.handle, sighted);
        self.insert_into(belongs, row)
    }

    /// Every row there is.
    pub(super) fn all_rows(&self) -> Vec<Row> {
        let rows = self.all_blocks().flat_map(|leaf| places(leaf.used).filter_map(|place| leaf.row(place)));
        rows.collect()
    }

    /// Bytes of planes and leaves.
    pub(super) fn bytes(&self) -> usize {
        let blocks = self.all_blocks().count();
        self.planes.len() * size_of::<Plane>() + self.leaves.bytes() + blocks * (size_of::<Leaf>() + 16)
    }
}
