//! The life of a hotline's call as one table: every purpose, every outcome, the first call and the last that the
//! policy bears. The table is checked in beside this file; a change to it is a change to what the product promises.
//!
//! `UPDATE_TABLE=1 cargo test -p birgemiz-domain --test calls` writes it anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says why by panicking")]

use chrono::TimeDelta;
use domain::Moment;
use domain::calls::{Answered, CallPurpose, CallRefusal, CallRules, CallStatus, HotlineOutcome, after};
use proptest::prelude::*;
use proptest::sample::select;

fn now() -> Moment {
    "2026-11-23T06:00:00Z".parse().unwrap()
}

fn answered(outcome: HotlineOutcome) -> Answered {
    match outcome {
        HotlineOutcome::Reached => Answered::Reached,
        HotlineOutcome::NoAnswer => Answered::NoAnswer,
        HotlineOutcome::WrongNumber => Answered::WrongNumber,
        HotlineOutcome::CallBackAt => Answered::CallBackAt(now() + TimeDelta::hours(3)),
        HotlineOutcome::HelpNotNeeded => Answered::HelpNotNeeded,
    }
}

fn table() -> String {
    let rules = CallRules::default();
    let mut lines = vec!["# purpose | outcome | calls in vain before | what follows".to_owned()];
    for purpose in CallPurpose::ALL {
        for outcome in HotlineOutcome::ALL {
            for before in [0, rules.tries - 1] {
                let told = match after(*purpose, answered(*outcome), before, &rules, now()) {
                    Err(refusal) => format!("refused: {refusal}"),
                    Ok(verdict) => {
                        let again = verdict.again_at.map_or("-".to_owned(), |at| {
                            format!("again in {} s", (at - now()).num_seconds())
                        });
                        let counted = if verdict.in_vain { " counted" } else { "" };
                        format!("{} | {again}{counted} | {:?}", verdict.status, verdict.effect)
                    }
                };
                lines.push(format!("{purpose} | {outcome} | {before} | {told}"));
            }
        }
    }
    lines.join("\n") + "\n"
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the table is written only when that is asked for")]
fn every_purpose_and_outcome_has_the_written_answer() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calls/table.txt");
    let table = table();
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    for (place, (now, then)) in table.lines().zip(written.lines()).enumerate() {
        assert_eq!(now, then, "line {} differs from tests/calls/table.txt", place + 1);
    }
    assert_eq!(table.lines().count(), written.lines().count());
}

#[test]
fn whoever_asks_to_be_called_back_names_a_time_ahead_and_not_far() {
    let at = |delta| {
        after(CallPurpose::CallBack, Answered::CallBackAt(now() + delta), 0, &CallRules::default(), now())
    };
    for wrong in [TimeDelta::zero(), TimeDelta::seconds(-1), TimeDelta::days(30) + TimeDelta::seconds(1)] {
        assert_eq!(at(wrong), Err(CallRefusal::NotLater), "{wrong}");
    }
    assert!(at(TimeDelta::seconds(1)).is_ok() && at(TimeDelta::days(30)).is_ok());
}

proptest! {
    #[test]
    fn a_call_waits_exactly_when_it_is_made_again_and_no_household_is_called_for_ever(
        purpose in select(CallPurpose::ALL),
        outcome in select(HotlineOutcome::ALL),
        before in 0_u32..60,
        tries in 1_u32..50,
    ) {
        let rules = CallRules { tries, ..CallRules::default() };
        if let Ok(verdict) = after(purpose, answered(outcome), before, &rules, now()) {
            prop_assert_eq!(verdict.again_at.is_some(), verdict.status == CallStatus::Waiting);
            prop_assert!(verdict.again_at.is_none_or(|at| at > now()));
            if outcome == HotlineOutcome::NoAnswer && before + 1 >= tries {
                prop_assert_eq!(verdict.status, CallStatus::GivenUp);
            }
        }
    }
}
