//! Which requests a plan leaves open, and why each.

use serde::{Deserialize, Serialize};

use super::edits::Edits;
use super::snapshot::{Ready, Refused, Snapshot, Wanted};
use crate::id::RequestId;
use crate::word::words;

words! {
    /// Why a request is left over: the first reason that holds, in this order.
    Why: "reason for being left over" {
        /// A coordinator dropped it.
        Dropped = "dropped",
        /// Its window is over.
        WindowOver = "window_over",
        /// The rules refuse everyone.
        NobodyMay = "nobody_may",
        /// A coordinator forbade everyone who may.
        EverybodyForbidden = "everybody_forbidden",
        /// Whoever may has as much as they have room for.
        EverybodyFull = "everybody_full",
        /// Somebody has room, and sending them would cost more than leaving it open for now.
        NotWorthTheWay = "not_worth_the_way",
    }
}

/// A request that is left over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOver {
    /// Which.
    pub request: RequestId,
    /// Why.
    pub why: Why,
    /// Where nobody may: how many volunteers each rule refuses first, in the order of the rules.
    pub refused: Vec<Refused>,
}

/// Everything left over by the reasons' order, and of one reason whoever has waited longest first. `tasks` counts what
/// each volunteer has.
pub(super) fn left_over<'s>(
    open: impl Iterator<Item = &'s Wanted>,
    snapshot: &Snapshot,
    edits: &Edits,
    tasks: &[usize],
) -> Vec<LeftOver> {
    let mut left: Vec<(Why, &Wanted)> =
        open.map(|wanted| (why(wanted, snapshot, edits, tasks), wanted)).collect();
    left.sort_unstable_by_key(|(why, wanted)| (*why, wanted.opened_at, wanted.request));
    left.into_iter()
        .map(|(why, wanted)| LeftOver { request: wanted.request, why, refused: wanted.refused.clone() })
        .collect()
}

fn why(wanted: &Wanted, snapshot: &Snapshot, edits: &Edits, tasks: &[usize]) -> Why {
    if edits.is_dropped(wanted.request) {
        return Why::Dropped;
    }
    if wanted.is_over {
        return Why::WindowOver;
    }
    if wanted.ways.is_empty() {
        return Why::NobodyMay;
    }
    let candidates = wanted.ways.iter().filter_map(|way| {
        let ready: &Ready = snapshot.volunteers.get(way.volunteer as usize)?;
        let tasks = tasks.get(way.volunteer as usize).copied().unwrap_or(0);
        (!edits.is_forbidden(wanted.request, ready.volunteer)).then_some(tasks < ready.steps.len())
    });
    match candidates.max() {
        None => Why::EverybodyForbidden,
        Some(false) => Why::EverybodyFull,
        Some(true) => Why::NotWorthTheWay,
    }
}
