//! Whatever is left over is told with the reason that holds.

use std::collections::{BTreeMap, HashMap};

use domain::matching::{Load, OpenRequest, Refusal, first_refusal};
use domain::plan::{Edit, Record, Why};
use proptest::prelude::*;

use crate::everything::{is_over, steps_of, way};
use crate::town::{Town, at, candidate, request, towns};

fn reasons(record: &Record) -> Vec<(u128, Why)> {
    record.plan.left_over.iter().map(|left| (left.request.uuid().as_u128(), left.why)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn each_reason_is_the_first_that_holds(town in towns(8, 5)) {
        let record = town.plan();
        let mut tasks = HashMap::new();
        for (_, volunteer) in record.plan.tasks() {
            *tasks.entry(volunteer).or_insert(0) += 1;
        }
        for left in &record.plan.left_over {
            let request = town.requests.iter().find(|request| request.request == left.request).expect("one of them");
            let may: Vec<_> = town
                .candidates
                .iter()
                .filter(|who| way(&town, who, request).is_some())
                .collect();
            let has_room = may.iter().any(|who| {
                tasks.get(&who.volunteer).copied().unwrap_or(0) < steps_of(&town, who).len()
            });
            let expected = if is_over(request) {
                Why::WindowOver
            } else if may.is_empty() {
                Why::NobodyMay
            } else if has_room {
                Why::NotWorthTheWay
            } else {
                Why::EverybodyFull
            };
            prop_assert_eq!(left.why, expected);
            let mut first: BTreeMap<Refusal, u32> = BTreeMap::new();
            if expected == Why::NobodyMay {
                for refusal in town.candidates.iter().filter_map(|who| first_refusal(who, request, at())) {
                    *first.entry(refusal).or_default() += 1;
                }
            }
            let told: Vec<_> = left.refused.iter().map(|refused| (refused.rule, refused.volunteers)).collect();
            prop_assert_eq!(told, first.into_iter().collect::<Vec<_>>(), "in the order of the rules");
        }
        let order: Vec<_> = record.plan.left_over.iter().map(|left| left.why).collect();
        prop_assert!(order.is_sorted());
    }
}

#[test]
fn every_reason_comes_up_in_the_order_of_the_rules() {
    let far = request(6, (30.0, 0.0), 1);
    let over = OpenRequest { window_end: Some(at().now), ..request(5, (0.0, 0.0), 1) };
    let heavy = OpenRequest { load: Load { grams: 50_000, millilitres: 1 }, ..request(4, (0.0, 0.0), 1) };
    let mut town = Town::of(
        vec![candidate(1, (0.0, 0.0), 1), candidate(2, (5.0, 5.0), 1)],
        vec![
            request(1, (0.1, 0.0), 9),
            request(2, (0.1, 0.1), 5),
            over,
            heavy,
            far,
            request(7, (2.0, 2.0), 0),
            request(8, (0.2, 0.0), 2),
        ],
    );
    // Nobody goes for longer than some minutes: what lies between both is not worth either's way.
    town.policy.fresh_s = 600;
    let record = town.plan();
    let edits = [
        Edit::Drop { request: town.requests[1].request },
        Edit::Forbid { request: town.requests[6].request, volunteer: town.candidates[0].volunteer },
    ];
    let record = record.after(&edits).expect("both can be");
    assert_eq!(
        reasons(&record),
        [
            (2, Why::Dropped),
            (5, Why::WindowOver),
            (4, Why::NobodyMay),
            (6, Why::NobodyMay),
            (8, Why::EverybodyForbidden),
            (7, Why::NotWorthTheWay),
        ]
    );
    let full = Town::of(
        vec![candidate(1, (0.0, 0.0), 1)],
        vec![request(1, (0.0, 0.1), 1), request(2, (0.0, 0.2), 1)],
    );
    assert_eq!(reasons(&full.plan()), [(2, Why::EverybodyFull)]);
}
