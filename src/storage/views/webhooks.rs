//! Receivers of webhooks and the attempts at them, as their owners read them.

pub use crate::storage::tables::webhook_endpoints::{EndpointRow, Wishes, find, list};
pub use crate::storage::tables::webhook_messages::{Again, AttemptRow, Replayed, attempts};
