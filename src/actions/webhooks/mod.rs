//! Receivers of webhooks: made and kept by their owners, and served by whichever process holds them.

mod attempts;
mod create;
mod owner;
mod rotate;
mod secrets;
mod status;
mod step;
mod wishes;

pub use attempts::{Attempted, RecordAttempts};
pub use create::{CreateEndpoint, Made};
pub use owner::{Owner, find_mine, owner_of};
pub use rotate::RotateSecret;
pub use status::{DeleteEndpoint, EnableEndpoint, Replay, SendTest};
pub use step::{Due, Release, Step, Take, Work, post};
pub use wishes::{Change, ChangeEndpoint};

use domain::id::OrganisationId;

use crate::storage::events::Event;
use crate::storage::tables::webhook_endpoints::EndpointRow;

/// The event of something that is about a receiver.
fn told(row: &EndpointRow, kind: &'static str) -> Event {
    Event {
        organisation: Some(OrganisationId::new(row.organisation_id)),
        ..Event::about(kind, "webhook", row.id)
    }
}
