//! Each bug that can be planted turns a check red, and without a bug every check is green.
//!
//! Needs the build with the feature `planted_bugs`; `scripts/soak guards` makes it. Each check is what
//! the test of that guard asks of a server, in the form of what it found wrong.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

#[path = "../crash/calls.rs"]
#[expect(dead_code, reason = "tests/crash sends calls in more ways than this needs")]
mod calls;
mod checks;
#[path = "../crash/city.rs"]
#[expect(dead_code, reason = "tests/crash does more to a city than this needs")]
mod city;
mod disclosure;
#[path = "../crash/engine.rs"]
#[expect(dead_code, reason = "tests/crash does more to Postgres than this needs")]
mod engine;
#[path = "../race/fleet.rs"]
#[expect(dead_code, reason = "tests/race races in more ways than this needs")]
mod fleet;
#[path = "../race/servers.rs"]
mod servers;
#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;
#[path = "../race/tally.rs"]
#[expect(dead_code, reason = "tests/race counts more than this needs")]
mod tally;
#[path = "../crash/truth.rs"]
#[expect(dead_code, reason = "tests/crash asks more than this needs")]
mod truth;

use birgemiz::planted::Bug;
use servers::Bugs;
use support::run;

/// What is wrong with servers that have these bugs, as the test of that one's guard would see it.
async fn found(guard: Bug, bugs: Bugs) -> Vec<String> {
    match guard {
        Bug::ClaimCondition | Bug::SelectThenUpdate => checks::exclusive_claims(bugs).await,
        Bug::NoFence => checks::stale_fences(bugs).await,
        Bug::KeyAfterCommit => checks::struck_at("key_keeping:1", bugs).await,
        Bug::EventOutsideTransaction => checks::struck_at("event_appending:1", bugs).await,
        Bug::SessionLevelTenant => checks::tenants_left_behind(bugs).await,
        Bug::PlainView => checks::foreign_requests_listed(bugs).await,
        Bug::MissingEvent => checks::told_by_the_log(bugs).await,
        Bug::EchoedValue => checks::values_repeated(bugs).await,
        Bug::OptionalAudience => checks::tokens_for_nobody(bugs).await,
        Bug::ClosedDoor => disclosure::doors_of_claims_that_ended(bugs).await,
        Bug::ExactCoarsePoint => disclosure::places_that_are_exact(bugs).await,
        Bug::LoggedName => disclosure::names_in_the_log(bugs).await,
        Bug::ForgottenBlock => disclosure::requests_of_who_is_kept_apart(bugs).await,
    }
}

#[test]
fn each_planted_bug_is_found() {
    run(async {
        let mut unseen = Vec::new();
        for bug in Bug::ALL {
            let found = found(bug, Bugs(bug.name())).await;
            println!("{}: {}", bug.name(), found.first().map_or("NOT FOUND", String::as_str));
            if found.is_empty() {
                unseen.push(bug);
            }
        }
        assert!(unseen.is_empty(), "planted and not found: {unseen:?}");
    });
}

#[test]
fn without_a_bug_nothing_is_found() {
    run(async {
        for bug in Bug::ALL {
            let found = found(bug, Bugs::NONE).await;
            assert!(found.is_empty(), "without {}: {found:#?}", bug.name());
        }
    });
}
