//! Who is logged in where, for themselves and for administrators.

pub use crate::storage::tables::sessions::{SessionRow, list_of};
