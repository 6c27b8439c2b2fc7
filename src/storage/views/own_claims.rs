//! What a volunteer holds, with the requests and deliveries that hang on it, in three queries.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::VolunteerId;
use domain::life::ClaimStatus;
use uuid::Uuid;

use super::request_lists;
use crate::storage::schema::{claims, deliveries, requests};
use crate::storage::tables::claims::ClaimRow;
use crate::storage::tables::deliveries::DeliveryRow;
use crate::storage::tables::requests::{RequestRow, Thing};
use crate::storage::{StorageError, Unit};

/// An active claim with what belongs to it.
#[derive(Clone)]
pub struct OwnClaim {
    /// The claim.
    pub claim: ClaimRow,
    /// What was claimed.
    pub request: RequestRow,
    /// What that asks for.
    pub lines: Vec<(Thing, u32)>,
    /// The delivery, where goods change hands.
    pub delivery: Option<DeliveryRow>,
}

/// A volunteer's active claims in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn active_of(
    unit: &mut Unit<'_>,
    volunteer: VolunteerId,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<OwnClaim>, StorageError> {
    let held: Vec<(ClaimRow, RequestRow)> = claims::table
        .inner_join(requests::table.on(requests::id.eq(claims::request_id)))
        .filter(claims::volunteer_id.eq(volunteer.uuid()))
        .filter(claims::status.eq(ClaimStatus::Active.as_str()))
        .filter(claims::id.gt(after.unwrap_or(Uuid::nil())))
        .order(claims::id)
        .limit(limit)
        .select((ClaimRow::as_select(), RequestRow::as_select()))
        .load(unit.conn)
        .await?;
    let claim_ids: Vec<Uuid> = held.iter().map(|(claim, _)| claim.id).collect();
    let request_ids: Vec<Uuid> = held.iter().map(|(_, request)| request.id).collect();
    let mut under = deliveries_under(unit, claim_ids).await?;
    let mut lines = request_lists::lines(unit, request_ids).await?;
    let owned = |(claim, request): (ClaimRow, RequestRow)| OwnClaim {
        lines: lines.remove(&request.id).unwrap_or_default(),
        delivery: under.remove(&claim.id),
        claim,
        request,
    };
    Ok(held.into_iter().map(owned).collect())
}

/// The deliveries under these claims, where goods change hands.
pub(super) async fn deliveries_under(
    unit: &mut Unit<'_>,
    claim_ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, DeliveryRow>, StorageError> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::claim_id.eq_any(claim_ids))
        .select(DeliveryRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.claim_id, row)).collect())
}
