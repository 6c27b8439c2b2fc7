//! Imports: a file of rows is received, judged, and its good rows taken in, part by part. Each part is one
//! transaction with its events, its faults and the count of parts done, so that whoever goes on after an
//! interruption does nothing twice.
//!
//! - *receive*: the file arrives and is kept in parts. - *check*: every row is judged and nothing written.
//! - *write*: good rows are taken in. - *runner*: one process's work on one import, under a lease.

mod ahead;
mod check;
mod checking;
mod fault_of;
mod ground;
mod judge;
mod memory;
mod permit;
mod receive;
mod request_rows;
mod rows;
mod run;
mod stage;
mod step;
mod volunteer_rows;
mod write;
mod writing;

pub use permit::{BeginImport, Begun};
pub use receive::{Limit, Receiving};
pub use run::{Going, Outcome, run_next};
pub use step::discard_stalled;
