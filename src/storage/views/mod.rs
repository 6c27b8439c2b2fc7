//! What is read and never written: lists and counts.

mod due_calls;
mod known;
mod narrowing;

pub use narrowing::Narrowing;

pub mod areas;
pub mod call_lists;
pub mod call_times;
pub mod campaigns;
pub mod claims;
pub mod companions;
pub mod counts;
pub mod crowd;
pub mod deliveries;
pub mod due;
pub mod feed;
pub mod heads;
pub mod household_lists;
pub mod households;
pub mod hubs;
pub mod imports;
pub mod invitations;
pub mod items;
pub mod kits;
pub mod local_times;
pub mod mail;
pub mod matching;
pub mod me;
pub mod names;
pub mod offers;
pub mod organisations;
pub mod own_claims;
pub mod partners;
pub mod plans;
pub mod queue;
pub mod request_lists;
pub mod requests;
pub mod sessions;
pub mod unsealed;
pub mod users;
pub mod vitals;
pub mod volunteers;
pub mod webhooks;
