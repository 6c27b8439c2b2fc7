//! What an operator relies on, seen with real server processes: settings, doctor, stopping, a database that
//! goes away and comes back, backups, and what `contrib/` promises.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;

mod away;
mod backup;
mod contrib;
mod doctor;
mod keys;
mod program;
mod restore_elsewhere;
mod settings;
mod stopping;
