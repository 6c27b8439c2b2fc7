//! Organisations, for administrators.

pub use crate::storage::tables::organisations::{OrganisationRow, find, list};
