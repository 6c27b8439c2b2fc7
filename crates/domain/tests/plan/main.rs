//! Plans beside those that trying everything finds; edits, reasons, waits and records of small towns.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what a test builds by hand is right, or it fails"
)]

mod cheapest;
mod edited;
mod everything;
mod reasons;
mod records;
mod town;
