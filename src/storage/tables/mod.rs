//! One file a table or a few that belong together: rows in, domain values out.

pub mod areas;
pub mod campaigns;
pub mod candidates;
pub mod catalogue;
pub mod claims;
pub mod consequences;
pub mod deliveries;
pub mod doors;
pub mod households;
pub mod hubs;
pub mod invitations;
pub mod items;
pub mod kits;
pub mod one_time_links;
pub mod organisations;
pub mod partners;
pub mod requests;
pub mod sessions;
pub mod settings;
pub mod silences;
pub mod situations;
pub mod users;
pub mod volunteer_profiles;
pub mod volunteers;
