//! One file a table or a few that belong together: rows in, domain values out.

pub mod candidates;
pub mod claims;
pub mod consequences;
pub mod doors;
pub mod households;
pub mod one_time_links;
pub mod requests;
pub mod sessions;
pub mod settings;
pub mod situations;
pub mod users;
pub mod volunteers;
