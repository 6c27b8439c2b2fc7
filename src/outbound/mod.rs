//! What leaves the house: events posted to the receivers of others. Knows no table and calls nobody above.

pub mod webhooks;
