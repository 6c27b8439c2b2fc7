//! What the system can do: one verb a file. Each action is a value that holds what it needs; running
//! it decides and writes within one unit of work, opened and committed by `perform`.

mod perform;
mod permission;
mod refusal;

pub mod act_on_request;
pub mod act_when_due;
pub mod add_buildings;
pub mod answers;
pub mod auth;
pub mod change_household;
pub mod check_on_silence;
pub mod claim_request;
pub mod complete_delivery;
pub mod create_area;
pub mod create_campaign;
pub mod create_hub;
pub mod create_invitation;
pub mod create_item;
pub mod create_kit;
pub mod create_organisation;
pub mod create_partner;
pub mod create_user;
pub mod disable_user;
pub mod find_due;
pub mod forget;
pub mod join_campaign;
pub mod make_password_link;
pub mod nearby_requests;
pub mod passwords;
pub mod phone_number;
pub mod queue_of_requests;
pub mod read_door;
pub mod register_household;
pub mod revoke_invitation;
pub mod revoke_partner;
pub mod rotate_partner_secret;
pub mod set_policy;
pub mod shortlist_volunteers;
pub mod submit_request;

pub use crate::storage::Caller;
pub use crate::storage::idempotency::Key;
pub use perform::{Action, Answer, Call, perform, perform_as_system, read};
pub use refusal::{Flaw, Refusal, meaning};
