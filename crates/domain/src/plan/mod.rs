//! Everybody to everybody at once, as a value that a coordinator can read, change and have made again.
//!
//! A *snapshot* is all that a plan may know: who wants what, who may serve it at what cost, who has how much room. An
//! *edit* is what a coordinator wants otherwise: a pair locked or forbidden, a request dropped. A *plan* is what
//! snapshot and edits come to: lists of tasks, what is left over and why, how far from the best it can be at most. A
//! *record* keeps all of it, and can be computed again.
//!
//! How the service uses it: `Snapshot::of` with the fleet of now; `Record::of` for the first plan; for each edit
//! `Edits::with`, then `Record::after`, which goes on from the prices of the plan before; to commit, `Plan::tasks` one
//! by one, each claimed like any other, those that are refused named.

mod edits;
mod gather;
mod left_over;
mod made;
mod policy;
mod record;
mod snapshot;
mod waits;

pub use edits::{Edit, EditError, Edits};
pub use gather::Sight;
pub use left_over::{LeftOver, Why};
pub use made::{Gap, Plan, Settled, Task, TaskList, Totals};
pub use policy::PlanPolicy;
pub use record::Record;
pub use snapshot::{Ready, Refused, Scope, Snapshot, Wanted, Way};
pub use waits::Waits;
