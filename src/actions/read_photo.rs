//! A delivery's photo is read by the owning organisation. It shows a door, so the reading is recorded
//! as a door's is.

use domain::actor::Actor;
use domain::id::{ClaimId, DeliveryId, HouseholdId, RequestId};
use domain::refusal::Code;

use super::{Action, Refusal, spend_door};
use crate::storage::Unit;
use crate::storage::tables::deliveries;
use crate::storage::tables::doors::{self, Purpose};
use crate::storage::views;

/// Read a delivery's photo.
#[derive(Debug, Clone, Copy)]
pub struct ReadPhoto {
    /// Which delivery's.
    pub delivery: DeliveryId,
}

impl Action for ReadPhoto {
    type Done = Vec<u8>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<u8>, Refusal> {
        let Actor::Coordinator { .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let (claim, _) =
            views::claims::visible_delivery(unit, self.delivery).await?.ok_or_else(Refusal::not_found)?;
        let jpeg = deliveries::photo_of(unit, self.delivery).await?.ok_or_else(Refusal::not_found)?;
        let purpose =
            Purpose { request: Some(RequestId::new(claim.request_id)), claim: Some(ClaimId::new(claim.id)) };
        let household = HouseholdId::new(claim.household_id);
        let policy = spend_door::policy_at(unit, claim.organisation_id, claim.area_id).await?;
        spend_door::spend(unit, household, &policy).await?;
        doors::record_reading(unit, (claim.organisation_id, household), purpose).await?;
        Ok(jpeg)
    }
}
