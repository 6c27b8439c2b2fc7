//! Who may be near enough to any of many places, whatever the hour.

use super::leaf::{Leaf, places};
use super::roll::Roll;
use super::row::FAR;
use super::traits::{AnyOf, Traits};
use super::tree::Walk;
use crate::id::AreaId;
use crate::matching::Candidate;
use crate::place::{Position, Spot, chord2_within_few};

/// What a length of a chord may be wrong by, in its own measure: single precision, taken generously.
const SLACK: f32 = 1.000_1;

/// The walk to those who are approved, have room and may belong to one of some areas.
struct Supply {
    areas: Traits,
    /// No place is farther than so from the middle of all.
    spread: f32,
    handles: Vec<u32>,
}

impl Supply {
    fn is_near(&self, reach: u16, chord2: f32) -> bool {
        reach == FAR || chord2.sqrt() <= (self.spread + chord2_within_few(reach).sqrt()) * SLACK
    }
}

impl Walk for Supply {
    fn limit(&self) -> f32 {
        f32::INFINITY
    }

    fn wants(&self, _any: Traits, reach: u16, chord2: f32) -> bool {
        self.is_near(reach, chord2)
    }

    fn touch(&self, leaf: &Leaf) -> u32 {
        leaf.touch_rules()
    }

    fn leaf(&mut self, leaf: &Leaf, chord2: f32) {
        if self.is_near(leaf.reach, chord2) {
            let able = leaf.having_all(leaf.used, Traits::APPROVED.with(Traits::ROOM));
            let rows = able & leaf.having_any(self.areas);
            self.handles.extend(places(rows).map(|row| leaf.handle(row)));
        }
    }
}

impl Roll<Candidate> {
    /// Everybody who is approved, has room, belongs to one of these areas and is willing to go to one of these
    /// places; and some who are not willing to go so far.
    pub(in crate::matching) fn able_around(
        &self,
        spots: &[Position],
        areas: impl Iterator<Item = AreaId>,
    ) -> Vec<&Candidate> {
        let spots: Vec<Spot> = spots.iter().copied().map(Spot::of).collect();
        let middle = Spot::between(&spots);
        let spread = spots.iter().map(|spot| middle.chord2(spot.x, spot.y, spot.z)).fold(0.0, f32::max);
        let areas = areas.map(|area| self.alphabet().area(area)).fold(AnyOf::default(), AnyOf::and);
        let mut supply = Supply { areas: areas.all(), spread: spread.sqrt(), handles: Vec::new() };
        self.tree.outward(middle, &mut supply);
        // Whoever was seen has two rows.
        supply.handles.sort_unstable();
        supply.handles.dedup();
        supply.handles.into_iter().filter_map(|handle| self.by_handle(handle)).collect()
    }
}
