//! Builds a tree for many rows at once: planes through the middle of the widest axis, again and again.

use std::sync::Arc;

use super::leaf::Leaf;
use super::row::Row;
use super::traits::Traits;
use super::tree::{Child, NO_LEAF, Plane, Side, Tree};
use crate::place::{Axis, Spot};

/// Rows of a new leaf: three places stay free for those who come.
const FILLED: usize = 29;

/// A spot and the place of its row in the list.
#[derive(Clone, Copy)]
struct Seed {
    spot: Spot,
    row: u32,
}

/// What a subtree holds at most, for the plane above.
struct Planted {
    child: Child,
    any: Traits,
    reach: u16,
}

struct Planter<'r> {
    rows: &'r [Row],
    planes: Vec<Plane>,
    leaves: Vec<Arc<Leaf>>,
    /// In which leaf each row is.
    places: Vec<u32>,
}

/// A tree of these rows, and in which leaf each of them is.
pub(super) fn plant(rows: &[Row]) -> (Tree, Vec<u32>) {
    let mut planter = Planter {
        rows,
        planes: Vec::new(),
        // The leaf of those who are nowhere comes first.
        leaves: vec![Arc::new(Leaf::of_nowhere())],
        places: vec![NO_LEAF; rows.len()],
    };
    let mut seeds: Vec<Seed> =
        (0..).zip(rows).filter_map(|(row, found)| found.spot.map(|spot| Seed { spot, row })).collect();
    let leaves = seeds.len().div_ceil(FILLED).max(1);
    planter.planes.reserve_exact(leaves);
    planter.leaves.reserve_exact(leaves);
    let root = planter.divide(&mut seeds, leaves).child;
    let mut tree = Tree {
        planes: planter.planes.into(),
        root,
        leaves: planter.leaves.into_iter().collect(),
        nowhere: 0,
        strays: 0,
    };
    for (row, place) in rows.iter().zip(&mut planter.places).filter(|(row, _)| row.spot.is_none()) {
        *place = tree.insert(row);
    }
    (tree, planter.places)
}

impl Planter<'_> {
    fn divide(&mut self, seeds: &mut [Seed], leaves: usize) -> Planted {
        if leaves <= 1 {
            return self.leaf(seeds);
        }
        let axis = widest(seeds);
        let low_leaves = leaves / 2;
        let middle = seeds.len() * low_leaves / leaves;
        let (_, pivot, _) = seeds.select_nth_unstable_by_key(middle, |seed| seed.spot.along(axis));
        let at = pivot.spot.along(axis);
        let number = self.planes.len();
        // Holds the place: planes stand before those below them.
        let unknown = || Side::new(Child::Leaf(0), Traits(0), 0);
        self.planes.push(Plane { axis, at, low: unknown(), high: unknown() });
        let (low, high) = seeds.split_at_mut(middle);
        let low = self.divide(low, low_leaves);
        let high = self.divide(high, leaves - low_leaves);
        let planted = Planted {
            child: Child::Plane(u32::try_from(number).unwrap_or(u32::MAX)),
            any: low.any.with(high.any),
            reach: low.reach.max(high.reach),
        };
        if let Some(plane) = self.planes.get_mut(number) {
            plane.low = Side::new(low.child, low.any, low.reach);
            plane.high = Side::new(high.child, high.any, high.reach);
        }
        planted
    }

    fn leaf(&mut self, seeds: &[Seed]) -> Planted {
        let number = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let mut leaf = Leaf::default();
        for seed in seeds {
            let row = seed.row as usize;
            if let (Some(found), Some(place)) = (self.rows.get(row), self.places.get_mut(row)) {
                leaf.insert(found);
                *place = number;
            }
        }
        let planted = Planted { child: Child::Leaf(number), any: leaf.any, reach: leaf.reach };
        self.leaves.push(Arc::new(leaf));
        planted
    }
}

/// The axis along which the spots are spread farthest.
fn widest(seeds: &[Seed]) -> Axis {
    let mut low = [i32::MAX; 3];
    let mut high = [i32::MIN; 3];
    for seed in seeds {
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
