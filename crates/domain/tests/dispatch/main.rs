//! Decisions of dispatch: whom a wave asks, when nobody is, when a coordinator is called; and long random histories
//! in which nothing that must hold may break.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test builds by hand is right, or it fails"
)]

mod decisions;
mod gathered;
mod histories;
mod judge;
mod looking;
mod people;
mod town;
