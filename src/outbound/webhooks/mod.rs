//! Posting to receivers that others chose: signed, bounded in time, and never to an address inside.

pub mod address;
pub mod line;
pub mod listen;
pub mod post;
pub mod signature;
pub mod target;

pub use line::{Dial, Resolve};
pub use post::{Courier, Letter, Posted};
pub use target::{NotATarget, Target};

/// Where things may be posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, by https.
    Public,
    /// Loopback and plain http as well: for development alone.
    LoopbackToo,
}
