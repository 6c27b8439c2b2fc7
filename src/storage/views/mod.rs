//! What is read and never written: lists and counts.

pub mod claims;
pub mod counts;
pub mod households;
pub mod requests;
