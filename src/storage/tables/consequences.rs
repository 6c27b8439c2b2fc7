//! Writes what an act did to a request, its claim, its delivery and its holder.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::life::{ClaimStatus, Consequence, DeliveryStatus, Hold, RequestStatus};

use super::situations::{ActiveClaim, Situation};
use crate::planted::{Point, reach};
use crate::storage::events::Change;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{claims, deliveries, requests, volunteers};
use crate::storage::{StorageError, Unit};

/// What else is written beside the statuses.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Why, in a word.
    pub reason: Option<String>,
    /// How the delivery or the call went, in its word.
    pub outcome: Option<&'static str>,
}

/// Carries a consequence out and answers the changes that its event must tell.
///
/// Every statement names the status that was decided upon: should anything have changed in spite of
/// the lock, nothing is written and the unit of work is repeated.
///
/// # Errors
/// `Repeat` when a row was not as it was read; else when the database fails.
pub async fn carry_out(
    unit: &mut Unit<'_>,
    situation: &Situation,
    consequence: &Consequence,
    details: &Details,
) -> Result<Vec<Change>, StorageError> {
    let mut changes = Vec::new();
    update_request(unit, situation, consequence, details).await?;
    reach(Point::RequestChanged);
    let before = situation.standing.request_status();
    if before != consequence.request {
        changes.push(Change::moved(
            "request",
            situation.request,
            before.as_str(),
            consequence.request.as_str(),
        ));
    }
    if let Some(claim) = &situation.claim {
        if let Some(to) = consequence.delivery {
            changes.extend(update_delivery(unit, situation, claim, to, details).await?);
            reach(Point::DeliveryChanged);
        }
        match consequence.claim {
            Some(to) => changes.push(end_claim(unit, situation, claim, to, details).await?),
            None => extend_lease(unit, situation, claim).await?,
        }
    }
    Ok(changes)
}

async fn update_request(
    unit: &mut Unit<'_>,
    situation: &Situation,
    consequence: &Consequence,
    details: &Details,
) -> Result<(), StorageError> {
    let opens = consequence.request == RequestStatus::Open;
    let fulfils = consequence.request == RequestStatus::Fulfilled
        && situation.standing.request_status() != RequestStatus::Fulfilled;
    let changed = diesel::update(
        requests::table
            .find(situation.request.uuid())
            .filter(requests::status.eq(situation.standing.request_status().as_str()))
            .filter(requests::version.eq(situation.version)),
    )
    .set((
        requests::status.eq(consequence.request.as_str()),
        requests::status_reason.eq(details.reason.as_deref()),
        requests::hold.eq(consequence.hold.map(Hold::as_str)),
        requests::goods_out.eq(consequence.goods_out || (situation.goods_out && !opens)),
        requests::failures.eq(requests::failures + i32::from(consequence.counts_as_failure)),
        requests::updated_at.eq(unit.now),
        requests::version.eq(situation.version + 1),
        opens.then(|| {
            requests::opened_at.eq(diesel::dsl::sql::<
                diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
            >("coalesce(opened_at, ")
            .bind::<diesel::sql_types::Timestamptz, _>(situation.now)
            .sql(")"))
        }),
        fulfils.then(|| requests::fulfilled_at.eq(situation.now)),
    ))
    .prepared()
    .execute(unit.conn)
    .await?;
    one(changed)
}

async fn update_delivery(
    unit: &mut Unit<'_>,
    situation: &Situation,
    claim: &ActiveClaim,
    to: DeliveryStatus,
    details: &Details,
) -> Result<Option<Change>, StorageError> {
    let Some(delivery) = claim.delivery else {
        return Ok(None);
    };
    let from = delivery_status(situation)?;
    let ended = match to {
        DeliveryStatus::AwaitingPickup | DeliveryStatus::PickedUp | DeliveryStatus::AtDoor => None,
        DeliveryStatus::Completed | DeliveryStatus::Failed | DeliveryStatus::Abandoned => Some(situation.now),
    };
    let changed =
        diesel::update(deliveries::table.find(delivery.uuid()).filter(deliveries::status.eq(from.as_str())))
            .set((
                deliveries::status.eq(to.as_str()),
                details.outcome.map(|outcome| deliveries::outcome.eq(outcome)),
                deliveries::status_reason.eq(details.reason.as_deref()),
                (to == DeliveryStatus::PickedUp).then(|| deliveries::picked_up_at.eq(situation.now)),
                (to == DeliveryStatus::AtDoor).then(|| deliveries::arrived_at.eq(situation.now)),
                ended.map(|ended| deliveries::ended_at.eq(ended)),
                deliveries::version.eq(deliveries::version + 1),
            ))
            .prepared()
            .execute(unit.conn)
            .await?;
    one(changed)?;
    Ok(Some(Change::moved("delivery", delivery, from.as_str(), to.as_str())))
}

/// The delivery's status, which the standing tells.
fn delivery_status(situation: &Situation) -> Result<DeliveryStatus, StorageError> {
    use domain::life::Standing;
    match situation.standing {
        Standing::AwaitingPickup => Ok(DeliveryStatus::AwaitingPickup),
        Standing::PickedUp => Ok(DeliveryStatus::PickedUp),
        Standing::AtDoor => Ok(DeliveryStatus::AtDoor),
        Standing::Pending
        | Standing::Open
        | Standing::OnCall
        | Standing::Fulfilled
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Unfulfilled => Err(StorageError::Impossible("a delivery outside its claim".to_owned())),
    }
}

async fn end_claim(
    unit: &mut Unit<'_>,
    situation: &Situation,
    claim: &ActiveClaim,
    to: ClaimStatus,
    details: &Details,
) -> Result<Change, StorageError> {
    let changed = diesel::update(
        claims::table
            .find(claim.id.uuid())
            .filter(claims::status.eq(ClaimStatus::Active.as_str()))
            .filter(claims::fence.eq(claim.fence)),
    )
    .set((
        claims::status.eq(to.as_str()),
        claims::status_reason.eq(details.reason.as_deref()),
        claims::outcome.eq(details.outcome),
        claims::ended_at.eq(situation.now),
        claims::version.eq(claims::version + 1),
    ))
    .prepared()
    .execute(unit.conn)
    .await?;
    one(changed)?;
    reach(Point::ClaimEnded);
    let freed = diesel::update(volunteers::table.find(claim.volunteer.uuid()))
        .set(volunteers::active_claims.eq(volunteers::active_claims - 1))
        .prepared()
        .execute(unit.conn)
        .await?;
    one(freed)?;
    Ok(Change::moved("claim", claim.id, ClaimStatus::Active.as_str(), to.as_str()))
}

/// Progress renews the lease.
async fn extend_lease(
    unit: &mut Unit<'_>,
    situation: &Situation,
    claim: &ActiveClaim,
) -> Result<(), StorageError> {
    let until = situation.now + chrono::TimeDelta::seconds(i64::from(situation.policy.lease_s));
    let changed = diesel::update(
        claims::table.find(claim.id.uuid()).filter(claims::status.eq(ClaimStatus::Active.as_str())),
    )
    .set((claims::lease_until.eq(until), claims::version.eq(claims::version + 1)))
    .prepared()
    .execute(unit.conn)
    .await?;
    one(changed)
}

/// A statement that named exactly one row must have met it.
const fn one(rows: usize) -> Result<(), StorageError> {
    if rows == 1 { Ok(()) } else { Err(StorageError::Repeat) }
}

/// Records that the household confirmed.
///
/// # Errors
/// When the database fails.
pub async fn acknowledge(unit: &mut Unit<'_>, situation: &Situation) -> Result<(), StorageError> {
    diesel::update(requests::table.find(situation.request.uuid()))
        .set(requests::acknowledged_at.eq(situation.now))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Records that a coordinator was told.
///
/// # Errors
/// When the database fails.
pub async fn escalate(unit: &mut Unit<'_>, situation: &Situation) -> Result<(), StorageError> {
    diesel::update(requests::table.find(situation.request.uuid()))
        .set(requests::escalated_at.eq(situation.now))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
