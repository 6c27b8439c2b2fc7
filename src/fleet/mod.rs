//! The fleet in memory: who is where and what is open, as a hint for matching. Postgres is the truth.

use std::sync::{Arc, RwLock};

use domain::matching::{Fleet, OpenRequests};

/// The fleet of this process.
#[derive(Clone, Default)]
pub struct LiveFleet {
    #[expect(dead_code, reason = "followed by the loop that is about to be written")]
    state: Arc<RwLock<(Fleet, OpenRequests)>>,
}
