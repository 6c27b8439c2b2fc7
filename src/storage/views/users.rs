//! People who can log in, for administrators.

pub use crate::storage::tables::users::{UserRow, find, list_staff};
