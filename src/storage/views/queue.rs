//! What waits for somebody: requests held for a coordinator, and open ones that memory pointed at.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable};
use diesel_async::RunQueryDsl;
use domain::id::{OrganisationId, RequestId};
use domain::life::RequestStatus;
use uuid::Uuid;

pub use crate::storage::tables::requests::RequestRow;

use crate::storage::schema::{request_lines, requests};
use crate::storage::{StorageError, Unit};

/// The most pressing reason first: goods that somebody carries about spoil, a new household only waits.
const PRESSING: &str =
    "array_position(ARRAY['goods_out', 'bad_address', 'repeated_failure', 'new_household'], hold)";

/// An organisation's requests that wait for a coordinator, by reason and then by age, up to `limit`.
///
/// # Errors
/// When the database fails.
pub async fn held(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    limit: i64,
) -> Result<Vec<RequestRow>, StorageError> {
    let rows = requests::table
        .filter(requests::organisation_id.eq(organisation.uuid()))
        .filter(requests::status.eq(RequestStatus::PendingVerification.as_str()))
        .order((sql::<Nullable<Integer>>(PRESSING), requests::id))
        .limit(limit)
        .select(RequestRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Those of these requests that are open at this moment, by their ids.
///
/// # Errors
/// When the database fails.
pub async fn still_open(
    unit: &mut Unit<'_>,
    of: &[RequestId],
) -> Result<BTreeMap<RequestId, RequestRow>, StorageError> {
    let rows: Vec<RequestRow> = requests::table
        .filter(requests::id.eq_any(of.iter().map(|request| request.uuid())))
        .filter(requests::status.eq(RequestStatus::Open.as_str()))
        .select(RequestRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.request(), row)).collect())
}

/// How many lines each of these requests has; those without any are left out.
///
/// # Errors
/// When the database fails.
pub async fn line_counts(
    unit: &mut Unit<'_>,
    of: &[RequestId],
) -> Result<BTreeMap<RequestId, u32>, StorageError> {
    let rows: Vec<(Uuid, i64)> = request_lines::table
        .filter(request_lines::request_id.eq_any(of.iter().map(|request| request.uuid())))
        .group_by(request_lines::request_id)
        .select((request_lines::request_id, count_star()))
        .load(unit.conn)
        .await?;
    let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows.into_iter().map(|(id, lines)| (RequestId::new(id), count(lines))).collect())
}
