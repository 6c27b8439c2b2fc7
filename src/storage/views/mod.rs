//! What is read and never written: lists and counts.

mod known;

pub mod areas;
pub mod campaigns;
pub mod claims;
pub mod counts;
pub mod households;
pub mod hubs;
pub mod invitations;
pub mod items;
pub mod kits;
pub mod organisations;
pub mod partners;
pub mod requests;
pub mod users;
