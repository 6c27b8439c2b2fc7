//! The service is killed, cut off, told to stop and left without its database, under load, again and
//! again; nothing that was acknowledged is lost, and nothing is half done.
//!
//! Small by default; `scripts/soak crash`, `connections`, `shutdown`, `outage` and `overload` run each at its full
//! size (`BIRGEMIZ_CRASH=full`). A build with the feature `planted_bugs` also ends the server at every
//! named point around a statement.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod beside;
mod calls;
mod city;
mod connections;
mod crowd;
mod dice;
mod engine;
mod follower;
mod kills;
mod load;
mod outages;
mod overload;
#[cfg(feature = "planted_bugs")]
mod points;
mod proxy;
mod retries;
#[path = "../race/servers.rs"]
#[expect(dead_code, reason = "the servers of tests/race are started in more ways than this needs")]
mod servers;
mod stops;
#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;
mod truth;

use std::time::Duration;

use kills::{Victim, strike};
use outages::{Absence, absent};
use overload::{Cores, Size};
use support::run;

/// How often, small and full.
fn times(small: usize, full: usize) -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
    let is_full = std::env::var("BIRGEMIZ_CRASH").is_ok_and(|size| size == "full");
    if is_full { full } else { small }
}

#[test]
fn kills_of_the_server_lose_nothing() {
    run(strike(Victim::Server, times(20, 300)));
}

#[test]
fn kills_of_one_database_process_lose_nothing() {
    run(strike(Victim::Backend, times(20, 300)));
}

#[test]
fn kills_of_the_whole_database_lose_nothing() {
    run(strike(Victim::Engine, times(20, 300)));
}

#[test]
fn calls_that_their_clients_leave_are_done_or_not_and_hold_nothing() {
    run(connections::leave_calls(times(40, 1000)));
}

#[test]
fn an_answer_cut_after_any_byte_is_had_again_by_its_key() {
    run(connections::cut_answers_to_clients(times(41, 1)));
}

#[test]
fn a_claim_whose_database_is_cut_off_after_any_byte_is_done_or_not() {
    run(connections::cut_answers_to_the_service(times(211, 7)));
}

#[test]
fn submissions_that_are_sent_again_and_again_have_one_effect_each() {
    #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
    let partners = std::env::var("BIRGEMIZ_RETRY_PARTNERS").ok().and_then(|count| count.parse().ok());
    run(retries::retry(partners.unwrap_or_else(|| times(4, 200)), times(10, 500)));
}

#[test]
fn a_stop_under_load_loses_nothing_and_ends_well() {
    run(stops::stop(times(5, 50)));
}

/// How long the database is away.
fn away() -> Duration {
    Duration::from_secs(times(5, 60) as u64)
}

#[test]
fn a_database_that_is_held_is_waited_out_with_prompt_answers() {
    run(absent(Absence::Held, away()));
}

#[test]
fn a_database_that_is_gone_is_waited_out_with_prompt_answers() {
    run(absent(Absence::Gone, away()));
}

#[test]
fn a_database_behind_a_dark_wire_is_waited_out_with_prompt_answers() {
    run(absent(Absence::Dark, away()));
}

#[test]
fn ten_times_too_much_is_shed_at_once_and_what_is_taken_in_is_done_promptly() {
    // How fast a build for tests is beside others says nothing: at the small size everybody must be answered, nothing be
    // lost and all be as before soon after. The figures are held at the full size. What is kept of the rate without a flood is half: refusals cost the server's
    // one core as well, and so do the calls of all others, which must not be refused meanwhile.
    let is_full = times(0, 1) == 1;
    let p99 = Duration::from_millis(times(10_000, 250) as u64);
    let (kept, offered, refused, cores) =
        if is_full { (0.5, 0.9, 0.01, Cores::Apart) } else { (0.01, 0.1, 0.5, Cores::Shared) };
    let lasting = Duration::from_secs(times(5, 30) as u64);
    run(overload::offer_ten_times_too_much(Size { lasting, p99, kept, offered, refused, cores }));
}

#[test]
fn a_rush_of_sign_ups_is_let_in_or_told_to_come_later() {
    run(overload::offer_sign_ups(times(400, 4_000) as f64, Duration::from_secs(times(4, 60) as u64)));
}

#[cfg(feature = "planted_bugs")]
#[test]
fn an_end_at_any_named_point_loses_nothing() {
    run(points::end_at_every_point(times(1, 20) as u64));
}
