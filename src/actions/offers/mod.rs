//! Offers: volunteers are asked by the service, answer, and the estimates learn from it.

mod accept;
mod decline;
mod learn;
mod look;
mod pursue;

use domain::Moment;
use domain::actor::Actor;
use domain::dispatch::{Offer, OfferStatus};
use domain::id::{OfferId, RequestId};
use domain::refusal::Code;
use uuid::Uuid;

pub use accept::AcceptOffer;
pub use decline::DeclineOffer;
pub use learn::LearnFromOffers;
pub use pursue::PursueRequest;

use super::{Call, Refusal, seen};
use crate::app::App;
use crate::storage::Unit;
use crate::storage::events::{Change, Event};
use crate::storage::tables::candidates;
use crate::storage::tables::offers::{self, OfferRow};
use crate::storage::tables::pursuits;
use crate::storage::unit::Opening;

/// Requests that are found at once.
pub const BATCH: i32 = 100;

/// The next requests after one id for which somebody is to be looked for now, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn find_due(app: &App, after: Uuid) -> Result<Vec<RequestId>, Refusal> {
    let Call { caller, call_id, .. } = Call::by_system();
    let mut transaction = app.database.begin(caller).await?;
    let found = {
        let mut unit = transaction.open(&Opening { caller, call_id, key: None }).await?;
        pursuits::due(&mut unit, after, BATCH).await
    };
    transaction.roll_back().await;
    Ok(found?)
}

/// The caller's own offer, as far as it can still be answered, and what time it is for it.
async fn answerable(unit: &mut Unit<'_>, id: OfferId) -> Result<(OfferRow, Moment), Refusal> {
    let Actor::Volunteer { volunteer, .. } = unit.actor else {
        return Err(Code::Forbidden.into());
    };
    let row = offers::find(unit, id).await?.filter(|row| row.volunteer() == volunteer);
    let row = row.ok_or_else(Refusal::not_found)?;
    seen::compare(unit, row.version)?;
    let request =
        candidates::requests(unit, &[row.request_id]).await?.pop().ok_or_else(Refusal::not_found)?;
    let now = request.local_time()?.at(unit.now).now;
    let Offer { status, expires_at, .. } = row.seen()?;
    match status {
        OfferStatus::Sent if now < expires_at => Ok((row, now)),
        OfferStatus::Sent | OfferStatus::Expired => Err(ended("its time is over")),
        OfferStatus::Accepted => Err(ended("it was accepted")),
        OfferStatus::Declined => Err(ended("it was declined")),
        OfferStatus::Withdrawn => Err(ended("somebody else was sooner, or it is not needed any more")),
    }
}

fn ended(why: &'static str) -> Refusal {
    Refusal::because(Code::OfferEnded, why)
}

fn told(kind: &'static str, row: &OfferRow, change: Change) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        request: Some(row.request()),
        volunteer: Some(row.volunteer()),
        reason: row.reason.clone(),
        policy_version: Some(row.policy_version),
        changes: vec![change],
        ..Event::about(kind, "offer", row.id)
    }
}
