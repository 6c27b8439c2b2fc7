//! Claims and deliveries as their readers may see them.

use domain::actor::Actor;
use domain::id::{ClaimId, DeliveryId};

use crate::storage::tables::claims::{self, ClaimRow};
use crate::storage::tables::deliveries::{self, DeliveryRow};
use crate::storage::{StorageError, Unit};

/// The claim and its delivery, if the caller may know of them: the volunteer's own, or the owning
/// organisation's.
///
/// # Errors
/// When the database fails.
pub async fn visible(
    unit: &mut Unit<'_>,
    id: ClaimId,
) -> Result<Option<(ClaimRow, Option<DeliveryRow>)>, StorageError> {
    let row = claims::find(unit, id).await?.filter(|row| may_see(&unit.actor, row));
    match row {
        None => Ok(None),
        Some(row) => {
            let delivery = deliveries::under(unit, id).await?;
            Ok(Some((row, delivery)))
        }
    }
}

/// The delivery and the claim it is made under, by the same rule.
///
/// # Errors
/// When the database fails.
pub async fn visible_delivery(
    unit: &mut Unit<'_>,
    id: DeliveryId,
) -> Result<Option<(ClaimRow, DeliveryRow)>, StorageError> {
    let Some(delivery) = deliveries::find(unit, id).await? else {
        return Ok(None);
    };
    let claim = visible(unit, ClaimId::new(delivery.claim_id)).await?;
    Ok(claim.map(|(claim, _)| (claim, delivery)))
}

fn may_see(actor: &Actor, row: &ClaimRow) -> bool {
    match actor {
        Actor::Volunteer { volunteer, .. } => volunteer.uuid() == row.volunteer_id,
        Actor::Coordinator { organisation, .. } => organisation.uuid() == row.organisation_id,
        Actor::Administrator { .. } | Actor::Partner { .. } | Actor::System | Actor::Nobody => false,
    }
}
