//! Pursuits: for which requests the service looks for somebody, where that stands, and when it looks again.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::RequestId;
use uuid::Uuid;

use super::situations::Situation;
use crate::storage::prepared::Prepare;
use crate::storage::schema::pursuits;
use crate::storage::{StorageError, Unit};

/// A pursuit as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = pursuits)]
pub struct PursuitRow {
    /// The request.
    pub request_id: Uuid,
    /// Whether it is pursued, or a coordinator was called.
    pub status: String,
    /// How many waves went out.
    pub waves: i32,
    /// When the last one did.
    pub last_wave_at: Option<Moment>,
    /// When to look again.
    pub next_due: Moment,
    /// What is waited for until then; why a coordinator was called, where one was.
    pub waits_for: Option<String>,
    /// The request's latest claim when it was looked at.
    pub fence: i64,
}

/// Where a pursuit stands after a look.
#[derive(Debug, Clone)]
pub struct Next {
    /// Whether a coordinator was called.
    pub status: PursuitStatus,
    /// How many waves went out.
    pub waves: u32,
    /// When the last one did.
    pub last_wave_at: Option<Moment>,
    /// When to look again.
    pub due: Moment,
    /// What is waited for until then, or why a coordinator was called.
    pub waits_for: Option<&'static str>,
}

/// Who looks for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PursuitStatus {
    /// The service.
    Pursued,
    /// A coordinator, who was called.
    Escalated,
}

impl PursuitStatus {
    /// The one spelling of this word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pursued => "pursued",
            Self::Escalated => "escalated",
        }
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

// By the index of when they are due, campaigns whose clock is ahead by themselves; and those that were never looked at,
// or are open again.
const DUE: &str = "
WITH asking AS MATERIALIZED (
    SELECT m.id, m.clock_offset_s FROM campaigns m
    JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version
    WHERE p.body #>> '{dispatch,mode}' IN ('waves', 'exclusive')
), due AS MATERIALIZED (
    SELECT request_id FROM pursuits WHERE status = 'pursued' AND next_due <= $1
    UNION SELECT u.request_id FROM asking a
    JOIN requests q ON q.campaign_id = a.id AND q.status = 'open'
    JOIN pursuits u ON u.request_id = q.id AND u.status = 'pursued'
    WHERE a.clock_offset_s > 0 AND u.next_due <= $1 + a.clock_offset_s * interval '1s'
    UNION SELECT q.id FROM asking a
    JOIN requests q ON q.campaign_id = a.id AND q.status = 'open'
    LEFT JOIN pursuits u ON u.request_id = q.id
    WHERE u.request_id IS NULL OR (u.status = 'pursued' AND u.fence <> q.fence)
)
SELECT q.id FROM due JOIN requests q ON q.id = due.request_id AND q.status = 'open'
JOIN asking a ON a.id = q.campaign_id
WHERE q.id > $2 ORDER BY q.id LIMIT $3";

/// Open requests for which somebody is to be looked for now, in the order of their ids: a hint, to be looked at again
/// one by one.
///
/// # Errors
/// When the database fails.
pub async fn due(unit: &mut Unit<'_>, after: Uuid, limit: i32) -> Result<Vec<RequestId>, StorageError> {
    let found: Vec<Found> = diesel::sql_query(DUE)
        .bind::<Timestamptz, _>(unit.now)
        .bind::<SqlUuid, _>(after)
        .bind::<Integer, _>(limit)
        .prepared()
        .load(unit.conn)
        .await?;
    Ok(found.into_iter().map(|found| RequestId::new(found.id)).collect())
}

/// How late the latest look is, in seconds; nought when none is.
///
/// # Errors
/// When the database fails.
pub async fn lag_s(unit: &mut Unit<'_>) -> Result<i64, StorageError> {
    #[derive(QueryableByName)]
    struct Lag {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        lag: i64,
    }
    let lag: Lag = diesel::sql_query(
        "SELECT coalesce(max(extract(epoch FROM $1 + m.clock_offset_s * interval '1s' - u.next_due)), 0)::bigint AS lag \
         FROM pursuits u JOIN requests q ON q.id = u.request_id AND q.status = 'open' \
         JOIN campaigns m ON m.id = q.campaign_id AND NOT m.is_sandbox \
         JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
         WHERE u.status = 'pursued' AND u.next_due <= $1 AND p.body #>> '{dispatch,mode}' IN ('waves', 'exclusive')",
    )
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .get_result(unit.conn)
    .await?;
    Ok(lag.lag)
}

/// The pursuit of a request, locked; made where there is none. `None` while another process looks.
///
/// # Errors
/// When the database fails.
pub async fn begin(unit: &mut Unit<'_>, request: RequestId) -> Result<Option<PursuitRow>, StorageError> {
    diesel::sql_query(
        "INSERT INTO pursuits (request_id, organisation_id, area_id, status, next_due, fence) \
         SELECT q.id, q.organisation_id, q.area_id, 'pursued', $2, q.fence FROM requests q \
         WHERE q.id = $1 AND q.status = 'open' ON CONFLICT (request_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(request.uuid())
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(pursuits::table
        .find(request.uuid())
        .select(PursuitRow::as_select())
        .for_update()
        .skip_locked()
        .first(unit.conn)
        .await
        .optional()?)
}

/// The pursuit of a request, as far as the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, request: RequestId) -> Result<Option<PursuitRow>, StorageError> {
    Ok(pursuits::table
        .find(request.uuid())
        .select(PursuitRow::as_select())
        .first(unit.conn)
        .await
        .optional()?)
}

/// Where it stands from now on.
///
/// # Errors
/// When the database fails.
pub async fn go_on(unit: &mut Unit<'_>, situation: &Situation, next: &Next) -> Result<(), StorageError> {
    diesel::update(pursuits::table.find(situation.request.uuid()))
        .set((
            pursuits::status.eq(next.status.as_str()),
            pursuits::waves.eq(i32::try_from(next.waves).unwrap_or(i32::MAX)),
            pursuits::last_wave_at.eq(next.last_wave_at),
            pursuits::next_due.eq(next.due),
            pursuits::waits_for.eq(next.waits_for),
            pursuits::fence.eq(situation.fence),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// It is looked at as soon as anybody looks; answers whether it is pursued at all.
///
/// # Errors
/// When the database fails.
pub async fn look_soon(unit: &mut Unit<'_>, request: RequestId, now: Moment) -> Result<bool, StorageError> {
    let changed = diesel::update(
        pursuits::table.find(request.uuid()).filter(pursuits::status.eq(PursuitStatus::Pursued.as_str())),
    )
    .set(pursuits::next_due.eq(now))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(changed == 1)
}
