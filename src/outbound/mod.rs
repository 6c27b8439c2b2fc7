//! What leaves the house: events posted to the receivers of others, and letters. Knows no table and calls nobody above.

pub mod mail;
pub mod webhooks;
