//! Which process serves a receiver of webhooks, until when, and how far in the log it is.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::WebhookId;
use domain::webhook::WebhookStatus;
use uuid::Uuid;

use super::webhook_endpoints::EndpointRow;
use crate::storage::events::Cursor;
use crate::storage::prepared::Prepare;
use crate::storage::schema::webhook_endpoints::{self, dsl};
use crate::storage::{StorageError, Unit};

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Gives `runner` a receiver to which nobody sends, until then.
///
/// # Errors
/// When the database fails.
pub async fn take(
    unit: &mut Unit<'_>,
    runner: Uuid,
    until: Moment,
) -> Result<Option<WebhookId>, StorageError> {
    let taken: Option<Taken> = diesel::sql_query(
        "UPDATE webhook_endpoints SET runner = $1, leased_until = $2 WHERE id = ( \
           SELECT id FROM webhook_endpoints \
           WHERE status = 'active' AND (leased_until IS NULL OR leased_until < $3) \
           ORDER BY leased_until NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
    )
    .bind::<SqlUuid, _>(runner)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(taken.map(|taken| WebhookId::new(taken.id)))
}

/// A receiver that is still its runner's.
#[derive(Clone)]
pub struct Kept {
    /// The receiver.
    pub row: EndpointRow,
    /// Whether its lease was made longer just now, and this unit of work writes anyhow.
    pub renewed: bool,
}

/// Keeps the receiver for `runner`: as it is while the lease lasts beyond `enough`, or else until then. None when it
/// is somebody else's now, or disabled.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    unit: &mut Unit<'_>,
    id: WebhookId,
    runner: Uuid,
    enough: Moment,
    until: Moment,
) -> Result<Option<Kept>, StorageError> {
    let lasting = webhook_endpoints::table
        .find(id.uuid())
        .filter(dsl::runner.eq(runner).and(dsl::status.eq(WebhookStatus::Active.as_str())))
        .filter(dsl::leased_until.gt(enough))
        .select(EndpointRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    if let Some(row) = lasting {
        return Ok(Some(Kept { row, renewed: false }));
    }
    let row = diesel::update(webhook_endpoints::table.find(id.uuid()))
        .filter(dsl::runner.eq(runner).and(dsl::status.eq(WebhookStatus::Active.as_str())))
        .set(dsl::leased_until.eq(until))
        .returning(EndpointRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row.map(|row| Kept { row, renewed: true }))
}

/// Lets others send at once.
///
/// # Errors
/// When the database fails.
pub async fn release(unit: &mut Unit<'_>, id: WebhookId, runner: Uuid) -> Result<(), StorageError> {
    diesel::update(webhook_endpoints::table.find(id.uuid()))
        .filter(dsl::runner.eq(runner))
        .set((dsl::runner.eq(None::<Uuid>), dsl::leased_until.eq(None::<Moment>)))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Notes how far in the log it is.
///
/// # Errors
/// When the database fails.
pub async fn advance(unit: &mut Unit<'_>, id: WebhookId, cursor: Cursor) -> Result<(), StorageError> {
    diesel::sql_query("UPDATE webhook_endpoints SET cursor_xid = $2, cursor_seq = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<BigInt, _>(cursor.xid)
        .bind::<BigInt, _>(cursor.seq)
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
