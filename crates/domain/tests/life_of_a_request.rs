//! The whole life of a request as one table: every party, every standing, every act. The table is
//! checked in beside this file; a change to it is a change to what the product promises.
//!
//! `UPDATE_TABLE=1 cargo test -p birgemiz-domain --test life_of_a_request` writes it anew.

use domain::life::{Act, Consequence, DeliveryStatus, Hold, Party, RequestStatus, Standing};
use domain::life::{ClaimStatus, consequence_of, permits};
use proptest::prelude::*;
use proptest::sample::select;

const MAX_FAILURES: u32 = 3;

#[test]
#[expect(clippy::disallowed_methods, reason = "the table is written only when that is asked for")]
fn every_standing_act_and_party_has_the_written_answer() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/life/table.txt");
    let table = table();
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    for (place, (now, then)) in table.lines().zip(written.lines()).enumerate() {
        assert_eq!(now, then, "line {} differs from tests/life/table.txt", place + 1);
    }
    assert_eq!(table.lines().count(), written.lines().count());
}

fn table() -> String {
    let mut lines = vec![
        "# standing | act | what it does | who may".to_owned(),
        "# What it does: request(hold) claim delivery, '-' where nothing of the kind changes.".to_owned(),
    ];
    for standing in Standing::ALL {
        for act in Act::all() {
            let may: Vec<&str> =
                Party::ALL.iter().filter(|party| permits(**party, act)).map(|party| party.as_str()).collect();
            let does = match consequence_of(*standing, act, 0, MAX_FAILURES) {
                None => "refused".to_owned(),
                Some(consequence) => told(&consequence),
            };
            lines.push(format!("{standing:?} | {act:?} | {does} | {}", may.join(" ")));
        }
    }
    lines.join("\n") + "\n"
}

fn told(consequence: &Consequence) -> String {
    let hold = consequence.hold.map(|hold| format!("({hold})")).unwrap_or_default();
    let claim = consequence.claim.map_or("-", ClaimStatus::as_str);
    let delivery = consequence.delivery.map_or("-", DeliveryStatus::as_str);
    let flags = match (consequence.goods_out, consequence.counts_as_failure) {
        (true, _) => " goods_out",
        (false, true) => " counted",
        (false, false) => "",
    };
    format!("{}{hold} {claim} {delivery}{flags}", consequence.request)
}

#[test]
fn the_last_failure_that_the_policy_bears_goes_to_a_coordinator() {
    use domain::life::FailureOutcome;
    let failed = |failures| {
        consequence_of(Standing::AtDoor, Act::Fail(FailureOutcome::NoAnswer), failures, MAX_FAILURES).unwrap()
    };
    assert_eq!((failed(1).request, failed(1).hold), (RequestStatus::Open, None));
    assert_eq!(
        (failed(2).request, failed(2).hold),
        (RequestStatus::PendingVerification, Some(Hold::RepeatedFailure))
    );
}

fn a_standing() -> impl Strategy<Value = Standing> {
    select(Standing::ALL)
}

fn an_act() -> impl Strategy<Value = Act> {
    select(Act::all())
}

proptest! {
    #[test]
    fn a_request_waits_for_a_coordinator_exactly_when_it_says_why(
        standing in a_standing(), act in an_act(), failures in 0_u32..10
    ) {
        if let Some(after) = consequence_of(standing, act, failures, MAX_FAILURES) {
            prop_assert_eq!(after.request == RequestStatus::PendingVerification, after.hold.is_some());
        }
    }

    #[test]
    fn what_has_ended_changes_its_status_no_more(standing in a_standing(), act in an_act()) {
        if standing.request_status().is_final()
            && let Some(after) = consequence_of(standing, act, 0, MAX_FAILURES)
        {
            prop_assert_eq!(after.request, standing.request_status());
            prop_assert_eq!((after.claim, after.delivery), (None, None));
        }
    }

    #[test]
    fn a_held_request_that_ends_or_opens_ends_its_claim_and_its_delivery(
        standing in a_standing(), act in an_act(), failures in 0_u32..10
    ) {
        let after = consequence_of(standing, act, failures, MAX_FAILURES);
        if let Some(after) = after.filter(|_| standing.is_held()) {
            let stays_held = matches!(after.request, RequestStatus::Claimed | RequestStatus::InDelivery);
            let ends_claim = after.claim.is_some_and(|claim| claim != ClaimStatus::Active);
            prop_assert_eq!(stays_held, !ends_claim);
            if ends_claim && standing != Standing::OnCall {
                prop_assert!(after.delivery.is_some());
            }
        }
    }

    #[test]
    fn goods_that_were_picked_up_are_never_forgotten(standing in a_standing(), act in an_act()) {
        let given_back = matches!(act, Act::Release | Act::Revoke | Act::Lapse | Act::Cancel);
        if let Some(after) = consequence_of(standing, act, 0, MAX_FAILURES).filter(|_| given_back) {
            prop_assert_eq!(after.goods_out, standing.goods_are_out());
        }
    }

    #[test]
    fn strangers_and_administrators_may_nothing(act in an_act()) {
        prop_assert!(!permits(Party::Stranger, act) && !permits(Party::Administrator, act));
    }
}
