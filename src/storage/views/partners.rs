//! Partner apps, for administrators.

pub use crate::storage::tables::partners::{PartnerRow, find, list};
