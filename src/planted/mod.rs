//! What a build made for it can be told to do wrong, so that the tests which must notice can be seen to notice.
//! In every other build nothing of this happens.
//!
//! - `bugs`: guards that can be switched off
//! - `crash`: points at which the process ends, as by `kill -9`

mod bugs;
mod crash;

pub use bugs::{Bug, is_planted};
pub use crash::{Point, reach};
