//! The service as its clients meet it: over HTTP, on a real Postgres, one database a test.
//!
//! Files mirror `src/rest`. How to write a test is told in `support`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod assertions;
mod auth;
mod authenticators;
mod balance;
mod bulk;
mod consequences;
mod detours;
mod drift;
mod dropped_unit;
mod dry_run;
mod events;
mod examples;
mod guides;
mod hotline;
mod idempotency;
mod key_ring;
mod life_of_a_request;
mod limits;
mod lists;
mod login_codes;
mod mail;
mod offers;
mod plans;
mod positions;
mod private_data;
mod problems;
mod reading_from_memory;
mod repeating;
mod role_by_route;
mod role_matrix;
mod sandbox;
#[path = "../race/servers.rs"]
#[expect(dead_code, reason = "the servers of tests/race are started in more ways than this needs")]
mod servers;
mod sessions;
mod step_up;
mod support;
mod tokens;
mod two_trips;
mod validators;
mod webhooks;
mod why_not;
