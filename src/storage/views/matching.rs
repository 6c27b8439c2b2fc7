//! Volunteers and requests as matching sees them, for those who only read.

pub use crate::storage::tables::candidates::{Matchable, candidates, candidates_after, open_after, requests};
pub use crate::storage::tables::positions::seen_since;
