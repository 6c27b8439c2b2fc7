//! Webhooks from end to end: the real service, real receivers on loopback, and no packet that leaves the machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod delivery;
mod inside;
mod receiver;
mod signatures;
#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;
