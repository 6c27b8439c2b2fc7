//! What happened stays what happened: everything is sealed soon, nobody of the service may rewrite it, and whoever does,
//! the owner of the tables included, is found and named (R55-R58, R64, F37).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod access;
mod append_only;
#[path = "../crash/dice.rs"]
#[expect(dead_code, reason = "nothing here waits for a random moment")]
mod dice;
mod heads;
mod ledger;
mod readings;
mod sealing;
#[path = "../api/support/mod.rs"]
#[expect(unused_imports, dead_code, reason = "the support of tests/api does more than this needs")]
mod support;
mod tampering;
