//! The HTTP edge: from bytes to a domain value, to an action, and back. Decides nothing itself.

pub mod answer;
pub mod docs;
pub mod envelope;
pub mod extract;
pub mod filters;
pub mod known_tokens;
pub mod page;
pub mod patch;
pub mod problem;
pub mod routes;
pub mod server;
pub mod stream;
pub mod text;
pub mod tokens;

pub mod areas;
pub mod auth;
pub mod campaigns;
pub mod catalogue;
pub mod claims;
pub mod deliveries;
pub mod events;
pub mod exports;
pub mod households;
pub mod hubs;
pub mod imports;
pub mod invitations;
pub mod me;
pub mod nearby;
pub mod organisations;
pub mod partners;
pub mod positions;
pub mod requests;
pub mod service;
pub mod users;
pub mod volunteers;
