//! Leaves under a fixed skeleton of nodes, walked outward from a spot.
//!
//! The nodes are made once, when the tree is built, and shared by all copies. Leaves are copied when
//! they change.

use std::sync::Arc;

use super::leaf::{Leaf, ROWS};
use super::node::{Child, Nearby, Node};
use super::pages::Pages;
use super::row::Row;
use super::traits::{Holds, Traits};
use crate::place::Spot;

/// Where a row is: in which leaf, and in which place of its first block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    leaf: u32,
    place: u8,
}

/// The place of a row beyond the first block of its leaf: it is looked for.
const STRAY: u8 = u8::MAX;

/// Rows by place, for whoever walks outward from a spot.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) nodes: Arc<[Node]>,
    pub(super) root: Child,
    pub(super) leaves: Pages<Arc<Leaf>, 8>,
    /// The leaves of rows without a spot; only the last of them takes more. No node leads to them.
    pub(super) nowhere: Vec<u32>,
    /// Rows beyond the first block of their leaf.
    pub(super) strays: usize,
}

/// A walk over the tree: how far it goes, what it passes by, what it does with a leaf.
pub(super) trait Walk {
    /// So many leaves are read ahead: about as many as are looked at under one node.
    const AHEAD: usize = 4;
    /// Beyond this squared chord nothing is wanted any more.
    fn limit(&self) -> f32;
    /// Whether rows of these traits and this reach can be wanted, not nearer than so.
    fn wants(&self, any: Traits, reach: u16, chord2: f32) -> bool;
    /// Reads a word of each part of a leaf that it will read.
    fn touch(&self, leaf: &Leaf) -> u32;
    /// No row of the leaf is nearer than so.
    fn leaf(&mut self, leaf: &Leaf, chord2: f32);
}

impl Seat {
    /// Of someone who has no row.
    pub(super) const NONE: Self = Self { leaf: u32::MAX, place: STRAY };

    pub(super) fn new(leaf: u32, place: u32) -> Self {
        Self { leaf, place: u8::try_from(place).unwrap_or(STRAY) }
    }

    fn place(self) -> Option<u32> {
        (self.place != STRAY).then_some(u32::from(self.place))
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: Arc::new([]),
            root: Child::Leaf(1),
            leaves: [Arc::new(Leaf::of_nowhere()), Arc::default()].into_iter().collect(),
            nowhere: vec![0],
            strays: 0,
        }
    }
}

impl Tree {
    /// Goes to the leaves around a spot, the nearest cell of each node first.
    pub(super) fn outward(&self, from: Spot, walk: &mut impl Walk) {
        self.visit(self.root, &from.along_all(), 0.0, walk);
    }

    /// No row is willing to go farther than so.
    pub(super) fn reach(&self) -> u16 {
        match self.root {
            Child::Leaf(number) => self
                .leaves
                .get(number)
                .map_or(0, |leaf| leaf.blocks().fold(0, |reach, leaf| reach.max(leaf.reach))),
            Child::Node(number) => self.nodes.get(number as usize).map_or(0, |node| node.most().1),
        }
    }

    fn visit(&self, child: Child, from: &[f32; 3], chord2: f32, walk: &mut impl Walk) {
        let number = match child {
            Child::Leaf(leaf) => return self.visit_leaf(leaf, chord2, walk),
            Child::Node(number) => number,
        };
        let Some(node) = self.nodes.get(number as usize) else { return };
        let nearby = node.nearby(from, walk.limit(), |any, reach, chord2| walk.wants(any, reach, chord2));
        self.touch(node, &nearby, walk);
        for (bound, cell) in nearby.iter() {
            if bound > walk.limit() {
                return;
            }
            self.visit(node.child(cell), from, bound, walk);
        }
    }

    /// Reads the beginnings of the nodes and leaves that come first. Nothing is done with it: waiting for memory
    /// several times at once is waiting once.
    #[inline]
    fn touch<W: Walk>(&self, node: &Node, nearby: &Nearby, walk: &W) {
        let mut touched = 0;
        for (_, cell) in nearby.iter().take(W::AHEAD) {
            touched ^= match node.child(cell) {
                Child::Leaf(number) => self.leaves.get(number).map_or(0, |leaf| walk.touch(leaf)),
                Child::Node(number) => self.nodes.get(number as usize).map_or(0, Node::touch),
            };
        }
        std::hint::black_box(touched);
    }

    fn visit_leaf(&self, number: u32, chord2: f32, walk: &mut impl Walk) {
        let Some(first) = self.leaves.get(number) else { return };
        walk.leaf(first, chord2);
        for more in &first.more {
            walk.leaf(more, chord2);
        }
    }

    /// Every block of those who are nowhere.
    pub(super) fn nowhere_blocks(&self) -> impl Iterator<Item = &Leaf> {
        self.nowhere.iter().filter_map(|leaf| self.leaves.get(*leaf)).map(AsRef::as_ref)
    }

    /// Every block of every leaf.
    pub(super) fn all_blocks(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().flat_map(|leaf| leaf.blocks())
    }

    fn leaf_of_nowhere(&self) -> u32 {
        self.nowhere.last().copied().unwrap_or(u32::MAX)
    }

    /// The leaf in which a row belongs; tells every node on the way of it.
    pub(super) fn leaf_for(&self, row: &Row) -> u32 {
        let Some(spot) = row.spot else { return self.leaf_of_nowhere() };
        let mut child = self.root;
        loop {
            let number = match child {
                Child::Leaf(leaf) => return leaf,
                Child::Node(number) => number,
            };
            let Some(node) = self.nodes.get(number as usize) else { return self.leaf_of_nowhere() };
            child = node.lead_in(spot, row);
        }
    }

    /// Puts a row in and answers where it is.
    pub(super) fn insert(&mut self, row: &Row) -> Seat {
        let number = self.leaf_for(row);
        self.insert_into(number, row)
    }

    fn insert_into(&mut self, number: u32, row: &Row) -> Seat {
        let Some(first) = self.leaves.get_mut(number) else { return Seat::NONE };
        let first = Arc::make_mut(first);
        if let Some(place) = first.insert(row) {
            return Seat::new(number, place);
        }
        if first.placed == Holds::No {
            // Those who are nowhere are near nobody: any leaf will do.
            let next = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
            self.nowhere.push(next);
            self.leaves.push(Arc::new(Leaf::of_nowhere()));
            return self.insert_into(next, row);
        }
        self.strays += 1;
        first.insert_more(row);
        Seat { leaf: number, place: STRAY }
    }

    pub(super) fn remove(&mut self, seat: Seat, handle: u32, sighted: Holds) {
        let Some(first) = self.leaves.get_mut(seat.leaf) else { return };
        let first = Arc::make_mut(first);
        if let Some(place) = seat.place() {
            first.free(place);
        } else if first.remove_more(handle, sighted) {
            self.strays = self.strays.saturating_sub(1);
        }
    }

    /// Puts a row in the place of the one of its handle and kind; answers where it is then.
    pub(super) fn replace(&mut self, seat: Seat, row: &Row) -> Seat {
        self.replace_in(self.leaf_for(row), seat, row)
    }

    /// The same, where it is known in which leaf the row [belongs](Self::leaf_for).
    pub(super) fn replace_in(&mut self, belongs: u32, seat: Seat, row: &Row) -> Seat {
        if (belongs == seat.leaf || row.spot.is_none())
            && let Some(place) = seat.place()
            && let Some(first) = self.leaves.get_mut(seat.leaf)
            && (row.spot.is_some() || first.placed == Holds::No)
        {
            Arc::make_mut(first).put(place, row);
            return seat;
        }
        self.remove(seat, row.handle, Holds::from(row.traits.has(Traits::SIGHTED)));
        self.insert_into(belongs, row)
    }

    /// Reads where the leaf of a seat and another leaf say which rows are taken.
    pub(super) fn touch_heads(&self, seat: Seat, leaf: u32) -> u32 {
        let heads = [seat.leaf, leaf].map(|number| self.leaves.get(number).map_or(0, |leaf| leaf.used));
        heads.into_iter().fold(0, |read, used| read ^ used)
    }

    /// Reads what is written when a row is put into a leaf.
    pub(super) fn touch_place(&self, leaf: u32) -> u32 {
        self.leaves.get(leaf).map_or(0, |leaf| leaf.touch_place())
    }

    /// Counts the usual row of this handle from another second on.
    pub(super) fn put_from(&mut self, seat: Seat, handle: u32, from: u32) {
        let Some(first) = self.leaves.get_mut(seat.leaf) else { return };
        let first = Arc::make_mut(first);
        match seat.place() {
            Some(place) => first.put_from(place, from),
            None => first.put_more_from(handle, from),
        }
    }

    /// Every row there is.
    pub(super) fn all_rows(&self) -> Vec<Row> {
        // As many as there can be, so that they are not moved each time that more come than were expected.
        let mut rows = Vec::with_capacity(self.leaves.len() * ROWS + self.strays);
        rows.extend(self.all_blocks().flat_map(Leaf::rows));
        rows
    }

    /// Bytes of nodes and leaves.
    pub(super) fn bytes(&self) -> usize {
        let blocks = self.all_blocks().count();
        self.nodes.len() * size_of::<Node>() + self.leaves.bytes() + blocks * (size_of::<Leaf>() + 16)
    }
}
