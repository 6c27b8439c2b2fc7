//! Builds a tree for many rows at once: planes through the middle of the widest axis, again and
//! again, up to eight cells of them to a node.

use std::sync::Arc;

use super::leaf::Leaf;
use super::node::{Child, FAN, Node, Planted, Way};
use super::row::Row;
use super::tree::{Seat, Tree};
use crate::place::{Axis, Patch, Spot};

/// Rows of a new leaf: two places stay free for those who come.
const FILLED: usize = 30;
/// So many spots tell well enough along which axis all are spread.
const SAMPLE: usize = 512;

/// A spot and the place of its row in the list.
#[derive(Clone, Copy)]
struct Seed {
    spot: Spot,
    row: u32,
}

struct Planter<'r> {
    rows: &'r [Row],
    nodes: Vec<Node>,
    leaves: Vec<Arc<Leaf>>,
    /// Where each row is.
    seats: Vec<Seat>,
}

/// Seeds that become so many leaves in this part of the sphere.
struct Bed<'s> {
    seeds: &'s mut [Seed],
    leaves: usize,
    patch: Patch,
}

/// A tree of these rows, and where each of them is.
pub(super) fn plant(rows: &[Row]) -> (Tree, Vec<Seat>) {
    let mut planter = Planter {
        rows,
        nodes: Vec::new(),
        // The leaf of those who are nowhere comes first.
        leaves: vec![Arc::new(Leaf::of_nowhere())],
        seats: vec![Seat::NONE; rows.len()],
    };
    let mut seeds: Vec<Seed> =
        (0..).zip(rows).filter_map(|(row, found)| found.spot.map(|spot| Seed { spot, row })).collect();
    let leaves = seeds.len().div_ceil(FILLED).max(1);
    planter.nodes.reserve_exact(leaves.div_ceil(FAN - 2));
    planter.leaves.reserve_exact(leaves);
    let root = planter.divide(Bed { seeds: &mut seeds, leaves, patch: Patch::EVERYWHERE }).child;
    let mut tree = Tree {
        nodes: planter.nodes.into(),
        root,
        leaves: planter.leaves.into_iter().collect(),
        nowhere: vec![0],
        strays: 0,
    };
    for (row, seat) in rows.iter().zip(&mut planter.seats).filter(|(row, _)| row.spot.is_none()) {
        *seat = tree.insert(row);
    }
    (tree, planter.seats)
}

impl Planter<'_> {
    fn divide(&mut self, bed: Bed<'_>) -> Planted {
        if bed.leaves <= 1 {
            return self.leaf(bed.seeds);
        }
        let number = self.nodes.len();
        // Holds the place: nodes stand before those below them.
        self.nodes.push(Node::default());
        let mut node = Node::default();
        let cells = cells(bed.leaves);
        self.cut(&mut node, bed, cells);
        let (any, reach) = node.most();
        if let Some(place) = self.nodes.get_mut(number) {
            *place = node;
        }
        Planted { child: Child::Node(u32::try_from(number).unwrap_or(u32::MAX)), any, reach }
    }

    /// Cuts a bed into so many cells of one node.
    fn cut(&mut self, node: &mut Node, bed: Bed<'_>, cells: usize) -> Way {
        if cells <= 1 {
            let patch = bed.patch;
            let planted = self.divide(bed);
            return node.add_cell(&patch, planted);
        }
        let low_cells = cells / 2;
        let low_leaves = bed.leaves * low_cells / cells;
        let middle = bed.seeds.len() * low_leaves / bed.leaves;
        let axis = widest(bed.seeds);
        let (_, pivot, _) = bed.seeds.select_nth_unstable_by_key(middle, |seed| seed.spot.along(axis));
        let at = pivot.spot.along(axis);
        let (low, high) = bed.seeds.split_at_mut(middle);
        let number = node.add_cut(axis, at);
        let low = Bed { seeds: low, leaves: low_leaves, patch: bed.patch.below(axis, at) };
        let high = Bed { seeds: high, leaves: bed.leaves - low_leaves, patch: bed.patch.above(axis, at) };
        let low = self.cut(node, low, low_cells);
        let high = self.cut(node, high, cells - low_cells);
        node.lead(number, low, high);
        Way::Cut(number)
    }

    fn leaf(&mut self, seeds: &[Seed]) -> Planted {
        let number = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let mut leaf = Leaf::default();
        for seed in seeds {
            let row = seed.row as usize;
            if let (Some(found), Some(seat)) = (self.rows.get(row), self.seats.get_mut(row))
                && let Some(place) = leaf.insert(found)
            {
                *seat = Seat::new(number, place);
            }
        }
        let planted = Planted { child: Child::Leaf(number), any: leaf.any, reach: leaf.reach };
        self.leaves.push(Arc::new(leaf));
        planted
    }
}

/// Cells of a node over so many leaves: few at the top, so that the lowest nodes are full.
fn cells(leaves: usize) -> usize {
    let mut below = 1;
    while below * FAN < leaves {
        below *= FAN;
    }
    leaves.div_ceil(below)
}

/// The axis along which the spots are spread farthest.
fn widest(seeds: &[Seed]) -> Axis {
    let mut low = [i32::MAX; 3];
    let mut high = [i32::MIN; 3];
    for seed in seeds.iter().step_by(seeds.len().div_ceil(SAMPLE).max(1)) {
        let spot = [seed.spot.x, seed.spot.y, seed.spot.z];
        for ((low, high), at) in low.iter_mut().zip(&mut high).zip(spot) {
            *low = (*low).min(at);
            *high = (*high).max(at);
        }
    }
    let [x, y, z]: [i64; 3] = std::array::from_fn(|axis| {
        i64::from(high.get(axis).copied().unwrap_or(0)) - i64::from(low.get(axis).copied().unwrap_or(0))
    });
    if x >= y && x >= z {
        Axis::X
    } else if y >= z {
        Axis::Y
    } else {
        Axis::Z
    }
}
