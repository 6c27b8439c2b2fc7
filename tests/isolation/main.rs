//! One organisation is kept from another's rows below the code: what the roles of the service may do to which table
//! is on a list, and what they then see, change, refer to and find out is tried in SQL.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod catalogue;
mod context;
mod reach;
mod session;

#[path = "../api/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it belongs to the tests of the API, which use all of it")]
mod support;
