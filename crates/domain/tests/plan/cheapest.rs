//! No plan is cheaper, over everyone who may; what it comes to is what its lists say.

use std::collections::BTreeSet;

use domain::plan::{Edits, Plan, Scope, Snapshot};
use proptest::prelude::*;

use crate::everything::cheapest;
use crate::town::{Town, at, candidate, request, towns};

/// Counts everything again by the lists.
fn agrees_with_itself(plan: &Plan, snapshot: &Snapshot) {
    let done: Vec<_> = plan.tasks().collect();
    let named: BTreeSet<_> = done
        .iter()
        .map(|(request, _)| *request)
        .chain(plan.left_over.iter().map(|left| left.request))
        .collect();
    assert_eq!(named.len(), snapshot.requests.len(), "everything is in one place");
    assert_eq!(done.len() + plan.left_over.len(), snapshot.requests.len(), "and in one place only");
    for list in &plan.lists {
        let (_, ready) = snapshot.ready(list.volunteer).expect("somebody with room");
        assert!(list.tasks.len() <= ready.steps.len());
    }
    let ways = plan.lists.iter().flat_map(|list| &list.tasks).filter_map(|task| task.travel);
    assert_eq!(plan.totals.travel_s, ways.map(|way| u64::from(way.get())).sum::<u64>());
    assert_eq!(plan.totals.assigned as usize, done.len());
    assert_eq!(plan.before.waiting as usize, snapshot.requests.len());
    assert_eq!(plan.after.waiting as usize, plan.left_over.len());
    assert!(plan.after.longest_s <= plan.before.longest_s);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nothing_is_cheaper_over_everyone_who_may(town in towns(5, 4)) {
        let record = town.plan();
        let plan = &record.plan;
        prop_assert_eq!(plan.gap.cost, cheapest(&town, &Edits::default()));
        prop_assert_eq!((plan.gap.bound, plan.gap.millionths), (plan.gap.cost, 0));
        prop_assert_eq!(plan.gap.scope, Scope::Everyone);
        agrees_with_itself(plan, &record.snapshot);
    }

    #[test]
    fn larger_towns_agree_with_themselves(town in towns(60, 25)) {
        let record = town.plan();
        agrees_with_itself(&record.plan, &record.snapshot);
        prop_assert_eq!(record.plan.gap.millionths, 0);
    }
}

#[test]
fn whoever_has_waited_longest_is_told_before_and_after() {
    // One volunteer with room for one, who is nearest to what was asked for last.
    let town = Town::of(
        vec![candidate(1, (0.0, 0.0), 1)],
        vec![request(1, (2.0, 0.0), 30), request(2, (0.1, 0.0), 1), request(3, (4.0, 0.0), 50)],
    );
    let plan = town.plan().plan;
    assert_eq!(plan.before.longest, Some(town.requests[2].request));
    assert_eq!((plan.before.waiting, plan.before.longest_s, plan.before.median_s), (3, 50 * 3600, 30 * 3600));
    // Waiting weighs more than the way.
    assert_eq!(plan.tasks().next(), Some((town.requests[2].request, town.candidates[0].volunteer)));
    assert_eq!((plan.after.waiting, plan.after.longest_s), (2, 30 * 3600));
    assert_eq!(plan.totals.busy, 1);
    assert_eq!(town.snapshot().now, at().now);
}
