//! The life of a request: where it stands, what may be done to it, by whom, and what each act
//! does to the request, its claim and its delivery.
//!
//! Everything here is a total function over small enums, so that the whole table can be printed,
//! read and tested. The table is `product`'s: released, lapsed or revoked before pick-up opens the
//! request again; after pick-up the goods are out and a coordinator decides; and so on.

mod act;
mod consequence;
mod party;
mod standing;
mod statuses;

pub use act::{Act, CallOutcome, FailureOutcome, HandOver};
pub use consequence::{Consequence, consequence_of};
pub use party::{Party, permits};
pub use standing::{ImpossibleStanding, Standing};
pub use statuses::{ClaimSource, ClaimStatus, DeliveryStatus, Hold, RequestStatus};
