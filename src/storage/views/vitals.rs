//! The pulse of the work itself: what waits, what is overdue, and whether the event log reaches its readers.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Double, Timestamptz};
use diesel_async::RunQueryDsl;

use super::counts::Count;
use crate::storage::{StorageError, Unit};

/// What an operator is woken for.
#[derive(Debug, Clone, Copy, PartialEq, QueryableByName)]
pub struct Vitals {
    /// How long the open request that waits longest has waited, in seconds; 0 when none waits.
    #[diesel(sql_type = Double)]
    pub oldest_open_s: f64,
    /// The same of those that wait for a coordinator.
    #[diesel(sql_type = Double)]
    pub oldest_held_s: f64,
    /// Active claims whose lease is over.
    #[diesel(sql_type = BigInt)]
    pub leases_overdue: i64,
    /// By how much the worst of them is over, in seconds.
    #[diesel(sql_type = Double)]
    pub lease_overdue_s: f64,
    /// Events that readers cannot see yet, because an older transaction still runs.
    #[diesel(sql_type = BigInt)]
    pub events_hidden: i64,
    /// For how long the oldest of them has been hidden, in seconds.
    #[diesel(sql_type = Double)]
    pub event_lag_s: f64,
    /// The age of the oldest transaction that this login can see, in seconds.
    #[diesel(sql_type = Double)]
    pub oldest_transaction_s: f64,
}

/// What time it is comes in from outside. Nobody is woken for a sandbox.
pub(in crate::storage) const VITALS: &str = "SELECT w.oldest_open_s, w.oldest_held_s, l.leases_overdue, l.lease_overdue_s, \
    e.events_hidden, e.event_lag_s, t.oldest_transaction_s FROM \
    (SELECT coalesce(max(waited_s) FILTER (WHERE status = 'open'), 0)::float8 AS oldest_open_s, \
            coalesce(max(waited_s) FILTER (WHERE status <> 'open'), 0)::float8 AS oldest_held_s \
       FROM (SELECT q.status, greatest(0, extract(epoch FROM $1 + m.clock_offset_s * interval '1s' \
                    - coalesce(q.opened_at, q.created_at))) AS waited_s \
               FROM requests q JOIN campaigns m ON m.id = q.campaign_id \
              WHERE q.status IN ('open', 'pending_verification') AND NOT m.is_sandbox) waiting) w, \
    (SELECT count(*) AS leases_overdue, coalesce(max(extract(epoch FROM \
            $1 + m.clock_offset_s * interval '1s' - c.lease_until)), 0)::float8 AS lease_overdue_s \
       FROM claims c JOIN requests q ON q.id = c.request_id JOIN campaigns m ON m.id = q.campaign_id \
      WHERE c.status = 'active' AND c.lease_until < $1 + m.clock_offset_s * interval '1s' AND NOT m.is_sandbox) l, \
    (SELECT count(*) AS events_hidden, coalesce(max(extract(epoch FROM $1 - at)), 0)::float8 AS event_lag_s \
       FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())) e, \
    (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 AS oldest_transaction_s \
       FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) t";

/// Reads them all, as of one moment.
///
/// # Errors
/// When the database fails.
pub async fn vitals(unit: &mut Unit<'_>) -> Result<Vitals, StorageError> {
    Ok(diesel::sql_query(VITALS).bind::<Timestamptz, _>(unit.now).get_result(unit.conn).await?)
}

/// How many requests there are, by status; those of every status that has any. Those of sandboxes are none.
///
/// # Errors
/// When the database fails.
pub async fn requests_by_status(unit: &mut Unit<'_>) -> Result<Vec<Count>, StorageError> {
    let sql = "SELECT 'request' AS object, status, count(*) FROM requests \
        WHERE organisation_id <> ALL (ARRAY(SELECT id FROM organisations WHERE is_sandbox)) \
        GROUP BY status ORDER BY status";
    Ok(diesel::sql_query(sql).load(unit.conn).await?)
}
