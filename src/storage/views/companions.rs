//! What belongs to the things of a list, read for all of them at once: asked one by one, a page would be as many queries
//! as it has entries.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{DeliveryId, HouseholdId};
use domain::life::ClaimStatus;
use uuid::Uuid;

use super::own_claims::deliveries_under;
use super::request_lists;
use crate::storage::schema::claims;
use crate::storage::tables::claims::ClaimRow;
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::requests::{self, RequestRow, Thing};
use crate::storage::{StorageError, Unit};

/// A claim and its delivery, where goods change hands.
pub type ClaimAndDelivery = (ClaimRow, Option<DeliveryId>);

/// A request and what it asks for.
pub type RequestAndLines = (RequestRow, Vec<(Thing, u32)>);

/// The households of requests that the caller may see, by their ids.
///
/// # Errors
/// When the database fails.
pub async fn households_of(
    unit: &mut Unit<'_>,
    rows: &[RequestRow],
) -> Result<BTreeMap<Uuid, HouseholdRow>, StorageError> {
    let ids: Vec<HouseholdId> = rows.iter().map(|row| HouseholdId::new(row.household_id)).collect();
    let found = households::find_all(unit, &ids).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

/// The active claims on requests that the caller may see, by the requests' ids.
///
/// # Errors
/// When the database fails.
pub async fn claims_on(
    unit: &mut Unit<'_>,
    requests: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, ClaimAndDelivery>, StorageError> {
    let rows = claims::table
        .filter(claims::request_id.eq_any(requests))
        .filter(claims::status.eq(ClaimStatus::Active.as_str()))
        .select(ClaimRow::as_select())
        .load(unit.conn)
        .await?;
    let found = with_deliveries(unit, rows).await?;
    Ok(found.into_iter().map(|found| (found.0.request_id, found)).collect())
}

/// What these volunteers hold of the requests of the caller's organisation, by the volunteers' ids.
///
/// # Errors
/// When the database fails.
pub async fn claims_of(
    unit: &mut Unit<'_>,
    volunteers: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<ClaimAndDelivery>>, StorageError> {
    let Some(organisation) = unit.actor.organisation() else {
        return Ok(BTreeMap::new());
    };
    let rows = claims::table
        .filter(claims::volunteer_id.eq_any(volunteers))
        .filter(claims::organisation_id.eq(organisation.uuid()))
        .filter(claims::status.eq(ClaimStatus::Active.as_str()))
        .order(claims::id)
        .select(ClaimRow::as_select())
        .load(unit.conn)
        .await?;
    let mut held: BTreeMap<Uuid, Vec<ClaimAndDelivery>> = BTreeMap::new();
    for found in with_deliveries(unit, rows).await? {
        held.entry(found.0.volunteer_id).or_default().push(found);
    }
    Ok(held)
}

/// The requests of these households that have not ended, as far as the caller may see them, by the households' ids.
///
/// # Errors
/// When the database fails.
pub async fn requests_of(
    unit: &mut Unit<'_>,
    households: &[HouseholdRow],
) -> Result<BTreeMap<Uuid, Vec<RequestAndLines>>, StorageError> {
    let ids: Vec<HouseholdId> = households.iter().map(HouseholdRow::household).collect();
    let actor = unit.actor.clone();
    let mut rows = requests::unfinished_of(unit, &ids).await?;
    rows.retain(|row| super::requests::is_own(&actor, row));
    let mut lines = request_lists::lines(unit, rows.iter().map(|row| row.id).collect()).await?;
    let mut found: BTreeMap<Uuid, Vec<RequestAndLines>> = BTreeMap::new();
    for row in rows {
        let lines = lines.remove(&row.id).unwrap_or_default();
        found.entry(row.household_id).or_default().push((row, lines));
    }
    Ok(found)
}

async fn with_deliveries(
    unit: &mut Unit<'_>,
    rows: Vec<ClaimRow>,
) -> Result<Vec<ClaimAndDelivery>, StorageError> {
    let mut under = deliveries_under(unit, rows.iter().map(|row| row.id).collect()).await?;
    let pair = |row: ClaimRow| {
        let delivery = under.remove(&row.id).map(|delivery| DeliveryId::new(delivery.id));
        (row, delivery)
    };
    Ok(rows.into_iter().map(pair).collect())
}
