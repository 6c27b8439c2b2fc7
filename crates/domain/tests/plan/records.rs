//! A plan is the same again, on any machine and in whatever order things are told; what is kept may be kept as text.

use domain::plan::{Edit, Plan, Record, Settled};
use proptest::prelude::*;

use crate::town::{Town, candidate, request, towns};

fn read(text: &str) -> Record {
    serde_json::from_str(text).expect("what was written")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_in_which_things_are_told_does_not_matter(town in towns(30, 12)) {
        let mut turned = town.clone();
        turned.candidates.reverse();
        turned.requests.reverse();
        prop_assert_eq!(town.plan(), turned.plan());
    }

    #[test]
    fn a_record_that_was_kept_as_text_goes_on_as_if_it_never_was(town in towns(20, 8), seed in 0_usize..20) {
        let record = town.plan();
        let text = serde_json::to_string(&record).expect("text");
        let kept = read(&text);
        prop_assert_eq!(&kept, &record);
        prop_assert!(kept.recomputes());
        if let Some((request, volunteer)) = record.plan.tasks().nth(seed % 7) {
            let edits = [Edit::Forbid { request, volunteer }];
            let (later, kept) = (record.after(&edits), kept.after(&edits));
            prop_assert!(kept.as_ref().is_ok_and(Record::recomputes));
            prop_assert_eq!(later, kept);
        }
    }

    #[test]
    fn other_seeds_cost_the_same(town in towns(30, 12), seed in 1_u64..100) {
        let mut other = town.clone();
        other.policy.seed = seed;
        prop_assert_eq!(town.plan().plan.gap.cost, other.plan().plan.gap.cost);
    }

    #[test]
    fn nonsense_to_go_on_from_costs_nothing_but_time(
        town in towns(20, 8),
        places in proptest::collection::vec(proptest::option::of(0_u32..12), 0..25),
        prices in proptest::collection::vec(prop_oneof![0_u32..5_000, Just(u32::MAX)], 0..12),
    ) {
        let record = town.plan();
        let text = serde_json::json!({ "places": places, "prices": prices }).to_string();
        let nonsense: Settled = serde_json::from_str(&text).expect("numbers");
        let plan = Plan::of(&record.snapshot, record.plan.edits.clone(), Some(&nonsense));
        prop_assert_eq!(plan.gap.cost, record.plan.gap.cost);
        prop_assert_eq!(plan.gap.bound, record.plan.gap.bound);
    }
}

#[test]
fn a_record_that_was_tampered_with_does_not_come_out_again() {
    let town = Town::of(
        vec![candidate(1, (0.0, 0.0), 2), candidate(2, (1.0, 0.0), 2)],
        (1..6).map(|id| request(id, (0.2 * id as f64, 0.1), id as i64)).collect(),
    );
    let record = town.plan();
    assert!(record.recomputes());
    let mut fewer = record.clone();
    fewer.plan.lists.pop();
    assert!(!fewer.recomputes());
    let mut nearer = record.clone();
    nearer.snapshot.requests[0].ways[0].cost += 1;
    assert!(!nearer.recomputes());
    let mut better = record;
    better.plan.gap.bound += 1;
    assert!(!better.recomputes());
}
