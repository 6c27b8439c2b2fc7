//! Many volunteers after the same requests, through two server processes on one database.
//!
//! Small by default; `scripts/soak race` runs it at its full size of 64 volunteers and 2,000 requests
//! (`BIRGEMIZ_RACE=full`). A build with the feature `planted_bugs` also switches the guards off, one
//! by one and together, to show that either suffices and that this test would notice if none held.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod fleet;
#[expect(dead_code, reason = "tests/crash does more with servers than this needs")]
mod servers;
#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;
mod tally;

#[cfg(feature = "planted_bugs")]
use birgemiz::planted::Bug;
use servers::Bugs;
use support::run;

/// How many volunteers, how many requests.
fn size() -> (usize, usize) {
    #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
    let full = std::env::var("BIRGEMIZ_RACE").is_ok_and(|size| size == "full");
    if full { (64, 2000) } else { (64, 60) }
}

#[test]
fn of_many_volunteers_exactly_one_gets_each_request() {
    run(async {
        let (volunteers, requests) = size();
        let race = fleet::Race::prepare(volunteers, requests, 2000, Bugs::NONE).await;
        let answers = race.everyone_claims_everything().await;
        assert_eq!(answers.count(201), requests, "{answers:?}");
        assert_eq!(answers.count(409), (volunteers - 1) * requests, "{answers:?}");
        assert_eq!(answers.total(), volunteers * requests, "{answers:?}");
        answers.conflicts_have_reasons(&["already_claimed"]);
        tally::assert_exclusive(&race.database, requests).await;
    });
}

#[test]
fn a_volunteer_with_a_limit_of_three_gets_exactly_three() {
    run(async {
        let race = fleet::Race::prepare(1, 64, 3, Bugs::NONE).await;
        let answers = race.everyone_claims_everything_at_once().await;
        assert_eq!((answers.count(201), answers.count(409)), (3, 61), "{answers:?}");
        answers.conflicts_have_reasons(&["claim_limit_reached"]);
        tally::assert_exclusive(&race.database, 3).await;
    });
}

#[test]
fn the_index_alone_is_not_needed() {
    run(async {
        let race = fleet::Race::prepare(16, 30, 2000, Bugs::NONE).await;
        race.drop_the_index().await;
        let answers = race.everyone_claims_everything().await;
        assert_eq!(answers.count(201), 30, "{answers:?}");
        tally::assert_exclusive(&race.database, 30).await;
    });
}

#[cfg(feature = "planted_bugs")]
#[test]
fn the_condition_alone_is_not_needed() {
    run(async {
        let race = fleet::Race::prepare(16, 30, 2000, Bugs(Bug::ClaimCondition.name())).await;
        let answers = race.everyone_claims_everything().await;
        assert_eq!(answers.count(201), 30, "{answers:?}");
        assert_eq!(answers.count(409), 15 * 30, "{answers:?}");
        tally::assert_exclusive(&race.database, 30).await;
    });
}

#[cfg(feature = "planted_bugs")]
#[test]
fn without_either_guard_this_test_turns_red() {
    run(async {
        let race = fleet::Race::prepare(16, 30, 2000, Bugs(Bug::ClaimCondition.name())).await;
        race.drop_the_index().await;
        let answers = race.everyone_claims_everything().await;
        let doubled = tally::doubly_claimed(&race.database).await;
        assert!(answers.count(201) > 30 && doubled > 0, "no guard, and yet: {answers:?}, {doubled} doubled");
    });
}
