//! Which operator makes which call: one each, under a lease.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, OrganisationId, UserId};
use uuid::Uuid;

use super::calls::CallRow;
use crate::storage::prepared::Prepare;
use crate::storage::schema::calls;
use crate::storage::{StorageError, Unit};

/// Lets an operator take one call after the other, however often they ask at once.
///
/// # Errors
/// When the database fails.
pub async fn queue_up(unit: &mut Unit<'_>, operator: UserId) -> Result<(), StorageError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(operator.to_string())
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The call that this operator holds, whether or not its lease is over, kept from changing.
///
/// # Errors
/// When the database fails.
pub async fn held_by(unit: &mut Unit<'_>, operator: UserId) -> Result<Option<CallRow>, StorageError> {
    let row = calls::table
        .filter(calls::locked_by.eq(operator.uuid()))
        .select(CallRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The next call of an organisation that is due and that nobody makes, in one of these areas: the most urgent, then
/// the oldest. Those that another transaction looks at are passed over. Kept from changing.
///
/// # Errors
/// When the database fails.
pub async fn next(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    areas: &[AreaId],
) -> Result<Option<CallRow>, StorageError> {
    let row: Option<CallRow> = diesel::sql_query(
        "SELECT c.* FROM calls c JOIN requests q ON q.id = c.request_id JOIN campaigns m ON m.id = q.campaign_id \
         WHERE c.organisation_id = $1 AND c.status = 'waiting' AND c.area_id = ANY($2) \
           AND c.due_at <= $3 + m.clock_offset_s * interval '1s' \
           AND (c.locked_until IS NULL OR c.locked_until <= $3 + m.clock_offset_s * interval '1s') \
           AND CASE c.purpose WHEN 'acknowledgement' THEN q.acknowledged_at IS NULL \
                              WHEN 'still_needed' THEN q.status IN ('pending_verification', 'open') \
                              WHEN 'welfare_check' THEN q.status IN ('pending_verification', 'open', 'claimed', 'in_delivery') \
                              ELSE true END \
         ORDER BY array_position(ARRAY['critical', 'high', 'normal', 'low'], c.urgency), c.created_at, c.id \
         LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<SqlUuid>, _>(areas.iter().map(|area| area.uuid()).collect::<Vec<_>>())
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(row)
}

/// Gives a call to an operator, until then.
///
/// # Errors
/// A `calls_one_for_each_operator` constraint when they hold another; `Repeat` when it has changed since it was read.
pub async fn give(
    unit: &mut Unit<'_>,
    row: &CallRow,
    operator: UserId,
    (now, until): (Moment, Moment),
) -> Result<CallRow, StorageError> {
    diesel::update(calls::table.find(row.id).filter(calls::version.eq(row.version)))
        .set((
            calls::locked_by.eq(operator.uuid()),
            calls::locked_until.eq(until),
            calls::updated_at.eq(now),
            calls::version.eq(row.version + 1),
        ))
        .returning(CallRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?
        .ok_or(StorageError::Repeat)
}

/// Lets others make a call whose operator has held it for too long.
///
/// # Errors
/// When the database fails.
pub async fn release(unit: &mut Unit<'_>, row: &CallRow) -> Result<(), StorageError> {
    diesel::update(calls::table.find(row.id))
        .set((
            calls::locked_by.eq(None::<Uuid>),
            calls::locked_until.eq(None::<Moment>),
            calls::version.eq(row.version + 1),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
