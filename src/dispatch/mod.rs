//! What happens without being asked. Every loop takes no input, may run twice or in several processes
//! at once, and is both woken by what was committed and looks regularly by itself.

mod calling;
mod drain;
mod erased;
mod expiry;
mod forgetting;
mod heads;
mod imports;
mod loops;
mod mail;
mod measuring;
mod positions;
mod pursuing;
mod refusals;
mod retention;
mod rewrapping;
mod sealing;
mod signing_keys;
mod silence;
mod sweep;
mod webhooks;

pub use drain::{Drained, drain};
pub use erased::{NotKept, erase_again};
pub use loops::Loops;
pub use measuring::measure;
pub use signing_keys::tell_signing_keys;
