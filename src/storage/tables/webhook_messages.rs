//! Events on their way to receivers: what waits, what is due, and how each attempt went.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::WebhookId;
use uuid::Uuid;

use super::webhook_endpoints::EndpointRow;
use crate::clock;
use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{webhook_attempts, webhook_messages};
use crate::storage::views::feed::FeedRow;
use crate::storage::{StorageError, Unit};

/// A message that is due.
#[derive(Debug, Clone, QueryableByName)]
pub struct DueRow {
    /// Which event.
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    /// Its kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What it is about, for the order.
    #[diesel(sql_type = SqlUuid)]
    pub object_key: Uuid,
    /// How often it was tried.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

/// Puts events into a receiver's queue; those that are there already stay as they are.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    unit: &mut Unit<'_>,
    endpoint: &EndpointRow,
    events: &[&FeedRow],
) -> Result<(), StorageError> {
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            let cursor = event.cursor();
            (
                webhook_messages::endpoint_id.eq(endpoint.id),
                webhook_messages::event_id.eq(event.id),
                webhook_messages::organisation_id.eq(endpoint.organisation_id),
                webhook_messages::kind.eq(&event.kind),
                webhook_messages::at.eq(event.at),
                webhook_messages::xid.eq(cursor.xid),
                webhook_messages::seq.eq(cursor.seq),
                webhook_messages::object_key.eq(event.request_id.unwrap_or(event.subject_id)),
                webhook_messages::state.eq("waiting"),
                webhook_messages::next_attempt_at.eq(unit.now),
            )
        })
        .collect();
    diesel::insert_into(webhook_messages::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// How many messages wait for a receiver, up to `most`.
///
/// # Errors
/// When the database fails.
pub async fn waiting(unit: &mut Unit<'_>, endpoint: WebhookId, most: i64) -> Result<i64, StorageError> {
    let counted: Counted = diesel::sql_query(
        "SELECT count(*) AS count FROM (SELECT 1 FROM webhook_messages \
           WHERE endpoint_id = $1 AND state = 'waiting' LIMIT $2) AS waiting",
    )
    .bind::<SqlUuid, _>(endpoint.uuid())
    .bind::<BigInt, _>(most)
    .prepared()
    .get_result(unit.conn)
    .await?;
    Ok(counted.count)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The next messages that may be sent now: of each thing only the oldest that waits, and nothing about those
/// things that are being sent at this moment. A sandbox's are due by its clock.
///
/// # Errors
/// When the database fails.
pub async fn due(
    unit: &mut Unit<'_>,
    endpoint: &EndpointRow,
    busy: &[Uuid],
    limit: i64,
) -> Result<Vec<DueRow>, StorageError> {
    let rows = diesel::sql_query(
        "SELECT m.event_id, m.kind, m.object_key, m.attempts FROM webhook_messages m \
         WHERE m.endpoint_id = $1 AND m.state = 'waiting' AND m.next_attempt_at <= $2 + (SELECT coalesce(max(c.clock_offset_s), 0) FROM campaigns c \
                                       WHERE c.organisation_id = $5) * interval '1s' \
           AND NOT m.object_key = ANY($3) \
           AND NOT EXISTS (SELECT 1 FROM webhook_messages e \
             WHERE e.endpoint_id = m.endpoint_id AND e.object_key = m.object_key AND e.state = 'waiting' \
               AND (e.xid, e.seq) < (m.xid, m.seq)) \
         ORDER BY m.xid, m.seq LIMIT $4",
    )
    .bind::<SqlUuid, _>(endpoint.id)
    .bind::<Timestamptz, _>(unit.now)
    .bind::<Array<SqlUuid>, _>(busy)
    .bind::<BigInt, _>(limit)
    .bind::<SqlUuid, _>(endpoint.organisation_id)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(rows)
}

/// When the next that waits for a receiver comes due. What was due before and waits still, waits for another.
///
/// # Errors
/// When the database fails.
pub async fn next(unit: &mut Unit<'_>, endpoint: &EndpointRow) -> Result<Option<Moment>, StorageError> {
    let waits = webhook_messages::endpoint_id
        .eq(endpoint.id)
        .and(webhook_messages::state.eq("waiting"))
        .and(webhook_messages::next_attempt_at.gt(unit.now));
    let next = webhook_messages::table
        .filter(waits)
        .select(diesel::dsl::min(webhook_messages::next_attempt_at))
        .first(unit.conn)
        .await?;
    Ok(next)
}

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// At which event.
    pub event: Uuid,
    /// Its kind.
    pub kind: String,
    /// Which attempt at it.
    pub number: i32,
    /// A word for how it went.
    pub outcome: &'static str,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub duration_ms: i32,
}

/// Notes attempts.
///
/// # Errors
/// When the database fails.
pub async fn note(
    unit: &mut Unit<'_>,
    endpoint: &EndpointRow,
    attempts: &[NewAttempt],
) -> Result<(), StorageError> {
    let rows: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            (
                webhook_attempts::id.eq(clock::new_id()),
                webhook_attempts::endpoint_id.eq(endpoint.id),
                webhook_attempts::organisation_id.eq(endpoint.organisation_id),
                webhook_attempts::event_id.eq(attempt.event),
                webhook_attempts::kind.eq(&attempt.kind),
                webhook_attempts::number.eq(attempt.number),
                webhook_attempts::at.eq(unit.now),
                webhook_attempts::outcome.eq(attempt.outcome),
                webhook_attempts::status.eq(attempt.status.map(i32::from)),
                webhook_attempts::duration_ms.eq(attempt.duration_ms),
            )
        })
        .collect();
    diesel::insert_into(webhook_attempts::table).values(rows).execute(unit.conn).await?;
    Ok(())
}

/// Where a message stands after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It arrived.
    Delivered,
    /// Its owner may not know of it any more.
    Withheld,
    /// It waits until then.
    WaitsUntil(Moment),
}

/// Puts messages of a receiver that wait where they stand now. One that another process delivered meanwhile is
/// left alone: sent again it would come after later ones.
///
/// # Errors
/// When the database fails.
pub async fn settle(
    unit: &mut Unit<'_>,
    endpoint: WebhookId,
    events: &[Uuid],
    standing: Standing,
) -> Result<(), StorageError> {
    let (state, next) = match standing {
        Standing::Delivered => ("delivered", unit.now),
        Standing::Withheld => ("withheld", unit.now),
        Standing::WaitsUntil(at) => ("waiting", at),
    };
    diesel::sql_query(
        "UPDATE webhook_messages SET state = $3, next_attempt_at = $4, attempts = attempts + 1 \
         WHERE endpoint_id = $1 AND event_id = ANY($2) AND state = 'waiting'",
    )
    .bind::<SqlUuid, _>(endpoint.uuid())
    .bind::<Array<SqlUuid>, _>(events)
    .bind::<Text, _>(state)
    .bind::<Timestamptz, _>(next)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(())
}

/// Lets everything that waits be sent at once, as if it had never been tried.
///
/// # Errors
/// When the database fails.
pub async fn hurry(unit: &mut Unit<'_>, endpoint: WebhookId) -> Result<(), StorageError> {
    diesel::update(webhook_messages::table)
        .filter(webhook_messages::endpoint_id.eq(endpoint.uuid()).and(webhook_messages::state.eq("waiting")))
        .set((webhook_messages::attempts.eq(0), webhook_messages::next_attempt_at.eq(unit.now)))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Which messages are sent again.
#[derive(Debug, Clone)]
pub struct Again {
    /// Of events that happened from then on.
    pub from: Moment,
    /// And before then.
    pub until: Moment,
    /// Of these kinds; of all when empty.
    pub kinds: Vec<&'static str>,
    /// About so many, the oldest first.
    pub most: i64,
}

/// What was put back into the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Replayed {
    /// How many messages.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// When the last of their events happened. None of that moment was left out.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last: Option<Moment>,
}

/// Puts delivered messages back into the queue, and of the last one's moment all.
///
/// # Errors
/// When the database fails.
pub async fn replay(
    unit: &mut Unit<'_>,
    endpoint: WebhookId,
    again: &Again,
) -> Result<Replayed, StorageError> {
    let replayed = diesel::sql_query(
        "WITH chosen AS MATERIALIZED ( \
           SELECT event_id FROM webhook_messages WHERE endpoint_id = $1 AND state = 'delivered' \
             AND at >= $3 AND at < $4 AND (cardinality($5) = 0 OR kind = ANY($5)) \
           ORDER BY at FETCH FIRST ($6) ROWS WITH TIES), \
         again AS ( \
           UPDATE webhook_messages SET state = 'waiting', attempts = 0, next_attempt_at = $2 \
           WHERE endpoint_id = $1 AND event_id IN (SELECT event_id FROM chosen) RETURNING at) \
         SELECT count(*) AS count, max(at) AS last FROM again",
    )
    .bind::<SqlUuid, _>(endpoint.uuid())
    .bind::<Timestamptz, _>(unit.now)
    .bind::<Timestamptz, _>(again.from)
    .bind::<Timestamptz, _>(again.until)
    .bind::<Array<Text>, _>(&again.kinds)
    .bind::<BigInt, _>(again.most)
    .get_result(unit.conn)
    .await?;
    Ok(replayed)
}

/// An attempt as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_attempts)]
pub struct AttemptRow {
    /// Its id.
    pub id: Uuid,
    /// At which event.
    pub event_id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Which attempt at it.
    pub number: i32,
    /// When.
    pub at: Moment,
    /// How it went.
    pub outcome: String,
    /// The status, where there was an answer.
    pub status: Option<i32>,
    /// How long it took.
    pub duration_ms: i32,
}

/// The attempts at a receiver, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn attempts(
    unit: &mut Unit<'_>,
    endpoint: WebhookId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AttemptRow>, StorageError> {
    let rows = webhook_attempts::table
        .filter(webhook_attempts::endpoint_id.eq(endpoint.uuid()))
        .filter(webhook_attempts::id.gt(after.unwrap_or_default()))
        .order(webhook_attempts::id)
        .limit(limit)
        .select(AttemptRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Forgets attempts, and messages that wait for nothing, of before then, at most so many of each. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    let attempts = forget_some(unit, "webhook_attempts", "at < $1", (before, most)).await?;
    let done = "state <> 'waiting' AND next_attempt_at < $1";
    Ok(attempts + forget_some(unit, "webhook_messages", done, (before, most)).await?)
}
