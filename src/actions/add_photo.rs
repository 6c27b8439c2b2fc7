//! The holder adds a photo to a delivery. A second one takes the place of the first.

use domain::actor::Actor;
use domain::id::DeliveryId;
use domain::life::ClaimStatus;
use domain::refusal::Code;

use super::act_on_request::{self, Target};
use super::{Action, Answer, Call, Refusal, perform, pictures, read};
use crate::app::App;
use crate::storage::events::{self, Event};
use crate::storage::tables::deliveries;
use crate::storage::views::deliveries::{SeenDelivery, visible};
use crate::storage::{StorageError, Unit};

/// Adds a photo. The picture is opened between two units of work, and only for somebody whose
/// delivery it is: no connection waits for it, and no stranger makes work.
///
/// # Errors
/// When the delivery is not the caller's, or the picture is none.
pub async fn add_photo(
    app: &App,
    call: Call,
    (delivery, fence): (DeliveryId, i64),
    picture: Vec<u8>,
    render: impl Fn(&SeenDelivery) -> Answer + Send + Sync + 'static,
) -> Result<Answer, Refusal> {
    read(app, &call, async |unit| {
        let seen = visible(unit, delivery).await?.ok_or_else(Refusal::not_found)?;
        if seen.claim.fence != fence {
            return Err(Code::StaleFence.into());
        }
        match seen.claim.status()? {
            ClaimStatus::Active => Ok(()),
            ClaimStatus::Completed | ClaimStatus::Released | ClaimStatus::Lapsed | ClaimStatus::Revoked => {
                Err(Code::ClaimEnded.into())
            }
        }
    })
    .await?;
    let jpeg = pictures::keepable(picture).await?;
    perform(app, call, KeepPhoto { delivery, fence, jpeg }, render).await
}

/// Keeps a photo that was made safe.
#[derive(Clone)]
struct KeepPhoto {
    delivery: DeliveryId,
    fence: i64,
    jpeg: Vec<u8>,
}

impl Action for KeepPhoto {
    type Done = SeenDelivery;

    async fn run(self, unit: &mut Unit<'_>) -> Result<SeenDelivery, Refusal> {
        let Actor::Volunteer { .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let target = Target::Delivery(self.delivery);
        let situation = act_on_request::aim(unit, target, Some(self.fence)).await?;
        act_on_request::compare(unit, target, &situation).await?;
        let of = (situation.organisation.uuid(), self.delivery);
        deliveries::put_photo(unit, of, &self.jpeg).await?;
        let event = Event {
            organisation: Some(situation.organisation),
            area: Some(situation.area),
            request: Some(situation.request),
            volunteer: situation.claim.map(|claim| claim.volunteer),
            policy_version: Some(situation.policy_version),
            ..Event::about("delivery.photo_added", "delivery", self.delivery.uuid())
        };
        events::append(unit, &[event]).await?;
        let seen = visible(unit, self.delivery).await?;
        seen.ok_or_else(|| StorageError::Impossible("a delivery that is gone".to_owned()).into())
    }
}
