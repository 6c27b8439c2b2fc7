//! Files of rows as coordinators bring them: every habit of their programs, every kind of bad row, every
//! rule of duplicates, interruptions, and who may do it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod bad_rows;
mod desk;
mod duplicates;
mod exports;
mod habits;
mod interruptions;
mod kinds;
mod privacy;

#[path = "../api/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it belongs to the tests of the API, which use all of it")]
mod support;
