//! Calls as their organisation's operators see them, the next first, and how long the longest one waits.

use diesel::QueryableByName;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{self, BigInt, Bool, Double, Integer, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::calls::{CallPurpose, CallStatus};
use domain::id::{AreaId, OrganisationId};
use uuid::Uuid;

pub use crate::storage::tables::calls::CallRow;

use crate::storage::prepared::Prepare;
use crate::storage::schema::calls;
use crate::storage::{StorageError, Unit};

/// Which calls are wanted; a filter that is empty wants all.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// In one of these statuses.
    pub statuses: Vec<CallStatus>,
    /// For one of these purposes.
    pub purposes: Vec<CallPurpose>,
    /// In this area.
    pub area: Option<AreaId>,
}

/// The order in which calls are made, but for the night: the most urgent, then the oldest.
const URGENT_FIRST: &str = "array_position(ARRAY['critical', 'high', 'normal', 'low'], urgency)";

/// Where a call stands in that order: nothing of it ever changes, so whoever walks by it meets each call once.
const BEHIND: &str = "(array_position(ARRAY['critical', 'high', 'normal', 'low'], urgency), created_at, id) > \
    (SELECT array_position(ARRAY['critical', 'high', 'normal', 'low'], p.urgency), p.created_at, p.id \
     FROM calls p WHERE p.id = ";

/// An organisation's calls, the next first, those behind `after`, up to `limit`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    filter: &CallFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<CallRow>, StorageError> {
    let mut query = calls::table
        .filter(calls::organisation_id.eq(organisation.uuid()))
        .order((sql::<Nullable<Integer>>(URGENT_FIRST), calls::created_at, calls::id))
        .limit(limit)
        .select(CallRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(sql::<Nullable<Bool>>(BEHIND).bind::<sql_types::Uuid, _>(after).sql(")"));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(calls::status.eq_any(filter.statuses.iter().map(|status| status.as_str())));
    }
    if !filter.purposes.is_empty() {
        query = query.filter(calls::purpose.eq_any(filter.purposes.iter().map(|purpose| purpose.as_str())));
    }
    if let Some(area) = filter.area {
        query = query.filter(calls::area_id.eq(area.uuid()));
    }
    Ok(query.load(unit.conn).await?)
}

/// How the queue of calls is doing.
#[derive(Debug, Clone, Copy, PartialEq, QueryableByName)]
pub struct CallVitals {
    /// Calls that are due.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    /// For how long the one that has waited longest has been due, in seconds.
    #[diesel(sql_type = Double)]
    pub oldest_due_s: f64,
}

/// How many calls are due, and since when; those of sandboxes are none.
///
/// # Errors
/// When the database fails.
pub async fn vitals(unit: &mut Unit<'_>) -> Result<CallVitals, StorageError> {
    Ok(diesel::sql_query(
        "SELECT count(*) AS due, coalesce(max(extract(epoch FROM \
            $1 + m.clock_offset_s * interval '1s' - c.due_at)), 0)::float8 AS oldest_due_s \
         FROM calls c JOIN requests q ON q.id = c.request_id JOIN campaigns m ON m.id = q.campaign_id \
         WHERE c.status = 'waiting' AND c.due_at <= $1 + m.clock_offset_s * interval '1s' \
           AND NOT m.is_sandbox",
    )
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .get_result(unit.conn)
    .await?)
}
