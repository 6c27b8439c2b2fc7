//! What a coordinator wants otherwise is respected, and the rest is as cheap as it can be with that.

use domain::id::{RequestId, VolunteerId};
use domain::plan::{Edit, EditError, Edits, Plan, Scope};
use proptest::prelude::*;

use crate::everything::{cheapest, is_over, way};
use crate::town::{Town, candidate, number, request, towns};

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let request = (1_u128..6).prop_map(|id| RequestId::new(number(id)));
    let volunteer = (1_u128..5).prop_map(|id| VolunteerId::new(number(id)));
    let edit = (0..6, request, volunteer).prop_map(|(kind, request, volunteer)| match kind {
        0 | 1 => Edit::Lock { request, volunteer },
        2 => Edit::Forbid { request, volunteer },
        3 => Edit::Drop { request },
        4 => Edit::Unlock { request },
        _ => Edit::Allow { request, volunteer },
    });
    proptest::collection::vec(edit, 0..8)
}

fn is_respected(town: &Town, edits: &Edits, plan: &Plan) {
    let done: Vec<_> = plan.tasks().collect();
    for (request, volunteer) in &done {
        assert!(!edits.is_forbidden(*request, *volunteer) && !edits.is_dropped(*request));
    }
    for request in &town.requests {
        if let Some(volunteer) = edits.locked(request.request) {
            assert!(done.contains(&(request.request, volunteer)), "{request:?}");
        }
    }
}

/// A snapshot names those who could be cheaper without edits; for trying everything, it has to name everyone.
fn naming_everyone(mut town: Town) -> Town {
    town.policy.listed = 100;
    town
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn edits_are_respected_and_nothing_is_cheaper_with_them(town in towns(5, 4), edits in edits()) {
        let town = naming_everyone(town);
        let mut record = town.plan();
        for edit in edits {
            // What cannot be is refused and changes nothing.
            record = record.after(&[edit]).unwrap_or(record);
            let wanted = record.plan.edits.clone();
            is_respected(&town, &wanted, &record.plan);
            prop_assert_eq!(record.plan.gap.cost, cheapest(&town, &wanted));
            prop_assert_eq!(record.plan.gap.bound, record.plan.gap.cost);
            let anew = Plan::of(&record.snapshot, wanted.clone(), None);
            prop_assert_eq!(anew.gap.cost, record.plan.gap.cost, "warm is as cheap as anew");
            prop_assert!(record.recomputes());
            prop_assert!(wanted.is_empty() || record.plan.gap.scope == Scope::Named);
        }
    }

    #[test]
    fn only_pairs_that_the_rules_admit_can_be_locked(town in towns(5, 4)) {
        let town = naming_everyone(town);
        let record = town.plan();
        for (request, who) in town.requests.iter().flat_map(|request| town.candidates.iter().map(move |who| (request, who))) {
            let lock = Edit::Lock { request: request.request, volunteer: who.volunteer };
            let may = way(&town, who, request).is_some() && !is_over(request);
            match record.after(&[lock]) {
                Ok(after) => {
                    prop_assert!(may);
                    prop_assert!(after.plan.tasks().any(|task| task == (request.request, who.volunteer)));
                }
                Err(error) => prop_assert!(!may || error == EditError::NoRoom || error == EditError::NoSuchVolunteer),
            }
        }
    }
}

#[test]
fn what_contradicts_itself_is_refused_by_name_and_can_be_taken_back() {
    let town = Town::of(
        vec![candidate(1, (0.0, 0.0), 1), candidate(2, (1.0, 0.0), 1)],
        vec![request(1, (0.0, 0.1), 1), request(2, (0.9, 0.0), 1), request(3, (0.5, 0.0), 1)],
    );
    let town = naming_everyone(town);
    let (snapshot, none) = (town.snapshot(), Edits::default());
    let request = |id| RequestId::new(number(id));
    let volunteer = |id| VolunteerId::new(number(id));
    let lock = |r, v| Edit::Lock { request: request(r), volunteer: volunteer(v) };
    let forbid = |r, v| Edit::Forbid { request: request(r), volunteer: volunteer(v) };
    let drop = |r| Edit::Drop { request: request(r) };
    for (before, edit, expected) in [
        (vec![], lock(9, 1), Err(EditError::NoSuchRequest)),
        (vec![], lock(1, 9), Err(EditError::NoSuchVolunteer)),
        (vec![], drop(9), Err(EditError::NoSuchRequest)),
        (vec![lock(1, 1)], lock(2, 1), Err(EditError::NoRoom)),
        (vec![lock(1, 1)], lock(1, 2), Err(EditError::Locked)),
        (vec![lock(1, 1)], lock(1, 1), Ok(())),
        (vec![lock(1, 1)], drop(1), Err(EditError::Locked)),
        (vec![lock(1, 1)], forbid(1, 1), Err(EditError::Locked)),
        (vec![forbid(1, 1)], lock(1, 1), Err(EditError::Forbidden)),
        (vec![drop(1)], lock(1, 1), Err(EditError::Dropped)),
        (vec![lock(1, 1), Edit::Unlock { request: request(1) }], lock(2, 1), Ok(())),
        (vec![drop(1), Edit::Restore { request: request(1) }], lock(1, 1), Ok(())),
    ] {
        let before = before.iter().try_fold(none.clone(), |edits, edit| edits.with(&snapshot, *edit));
        let found = before.expect("as it should be").with(&snapshot, edit).map(|_| ());
        assert_eq!(found, expected, "{edit:?}");
    }
}
