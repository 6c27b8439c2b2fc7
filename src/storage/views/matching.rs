//! Volunteers and requests as matching sees them, for those who only read.

pub use crate::storage::tables::candidates::{
    Matchable, candidates, candidates_after, moved_since, open_after, requests,
};
