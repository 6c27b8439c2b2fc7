//! What the system can do: one verb a file. Each action is a value that holds what it needs; running
//! it decides and writes within one unit of work, opened and committed by `perform`.

mod perform;
mod refusal;

pub mod act_on_request;
pub mod act_when_due;
pub mod answers;
pub mod auth;
pub mod change_household;
pub mod check_on_silence;
pub mod claim_request;
pub mod complete_delivery;
pub mod find_due;
pub mod forget;
pub mod nearby_requests;
pub mod passwords;
pub mod phone_number;
pub mod queue_of_requests;
pub mod read_door;
pub mod register_household;
pub mod shortlist_volunteers;
pub mod submit_request;

pub use crate::storage::Caller;
pub use crate::storage::idempotency::Key;
pub use perform::{Action, Answer, Call, perform, perform_as_system, read};
pub use refusal::{Flaw, Refusal, meaning};
