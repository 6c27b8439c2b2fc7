//! The fleet in memory: who is where and what is open, as a hint for matching. Postgres is the truth.

mod check;
mod follow;
mod live;
mod load;
mod news;
mod recall;
mod reports;
mod touches;

pub use follow::follow;
pub use live::{Footing, LiveFleet, World};
pub use recall::{Balanced, Mark, Recall, Refused, Shown};
pub use reports::Report;
