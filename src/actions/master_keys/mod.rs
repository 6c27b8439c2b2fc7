//! Master keys are changed: for whoever runs the service, on the command line (docs/private-data.md).

mod check;
mod drop;
mod rotate;

pub use check::{CheckKeys, Checked};
pub use drop::drop_master;
pub use rotate::{RewrapKeys, Rotated, rotate};
