//! What is private stays private, by every way out: a table of who is shown what, marks that must not turn up
//! anywhere, and places that must make no difference to whoever may not know them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod canaries;
mod matrix;
mod places;
mod scraping;

#[path = "../api/webhooks/receiver.rs"]
#[expect(dead_code, reason = "the tests of webhooks ask more of a receiver")]
mod receiver;
#[path = "../api/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it belongs to the tests of the API, which use all of it")]
mod support;
