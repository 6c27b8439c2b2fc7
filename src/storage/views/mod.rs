//! What is read and never written: lists and counts.

pub mod areas;
pub mod claims;
pub mod counts;
pub mod due;
pub mod household_lists;
pub mod households;
pub mod matching;
pub mod names;
pub mod queue;
pub mod request_lists;
pub mod requests;
