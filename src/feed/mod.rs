//! The end of the event log in memory, for those who listen: read once however many they are, and
//! only while there are any.

mod follow;
mod seats;
mod tail;

pub use follow::follow;
pub use seats::{NoSeat, Seat, Seats};
pub use tail::{Ear, Heard, Tail};
