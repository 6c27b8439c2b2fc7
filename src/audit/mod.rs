//! Whether what happened was changed since: every chain of seals is walked and computed again, by another way than the
//! sealer's, and whatever does not fit is named.

mod canonical;
mod chain;
pub mod erased;
mod finding;
pub mod heads;
pub mod readings;
mod report;
mod suspects;

pub use finding::{Finding, What};
pub use report::{Asked, Report, verify};

pub use crate::storage::StorageError;
