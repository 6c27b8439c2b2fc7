//! What the system can do: one verb a file. Each action is a value that holds what it needs; running
//! it decides and writes within one unit of work, opened and committed by `perform`.

mod perform;
mod refusal;

pub mod act_on_request;
pub mod add_photo;
pub mod add_volunteer;
pub mod answers;
pub mod auth;
pub mod block_household;
pub mod change_household;
pub mod change_volunteer;
pub mod claim_request;
pub mod complete_delivery;
pub mod edit_volunteer;
mod enter_volunteer;
pub mod passwords;
pub mod phone_number;
pub mod pictures;
pub mod read_door;
pub mod read_photo;
pub mod register_household;
pub mod register_volunteer;
pub mod report_position;
pub mod set_availability;
pub mod set_duty;
pub mod submit_request;
pub mod whose;

pub use crate::storage::Caller;
pub use crate::storage::idempotency::Key;
pub use perform::{Action, Answer, Call, perform, read};
pub use refusal::{Flaw, Refusal, meaning};
