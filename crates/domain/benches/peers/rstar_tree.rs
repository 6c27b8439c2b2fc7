//! rstar, bulk loaded, unit vectors, f64; neighbours one after the other, filtered as they come.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::{Ask, Flat, Found, Kept, chord2, metres};

type Point = GeomWithData<[f64; 3], u32>;

const FARTHEST: f64 = 12_001.0;

pub(crate) struct Rstar(pub(crate) RTree<Point>);

impl Rstar {
    pub(crate) fn of(flat: &[Flat]) -> Self {
        let points = (0..).zip(flat).map(|(number, who)| Point::new(who.point, number)).collect();
        Self(RTree::bulk_load(points))
    }

    pub(crate) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        let mut kept = Kept::new();
        for (point, distance) in self.0.nearest_neighbor_iter_with_distance_2(ask.point) {
            if distance > chord2(kept.limit().min(FARTHEST)) {
                break;
            }
            let metres = metres(distance);
            if flat.get(point.data as usize).is_some_and(|who| who.may(ask, metres)) {
                kept.offer((metres, point.data));
            }
        }
        kept.found
    }
}
