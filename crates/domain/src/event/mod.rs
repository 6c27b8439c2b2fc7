//! What happened, as it is told to others: the kinds of events, which of them somebody wants, and who
//! may know of them.

mod audience;
mod filter;
mod kind;

pub use audience::{About, Sight, sight};
pub use filter::{MalformedPattern, Pattern};
pub use kind::{EventKind, Family};
