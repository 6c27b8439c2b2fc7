//! The fleet in memory: who is where and what is open, as a hint for matching. Postgres is the truth.

mod follow;
mod live;

pub use follow::follow;
pub use live::{LiveFleet, World};
