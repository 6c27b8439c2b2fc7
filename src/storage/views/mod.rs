//! What is read and never written: lists and counts.

pub mod claims;
pub mod counts;
pub mod deliveries;
pub mod households;
pub mod me;
pub mod own_claims;
pub mod requests;
pub mod volunteers;
