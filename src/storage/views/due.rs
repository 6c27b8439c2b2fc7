//! Requests whose time has come: found without locks, to be looked at again under one each.
//!
//! What time it is comes in from outside, the campaign's offset added to it row by row. An index bounds the search
//! where that is nothing, as it is in every campaign but a sandbox's.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::RequestId;
use domain::policy::Policy;
use uuid::Uuid;

use super::due_calls;
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// What is over, or was waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The lease of the claim.
    Lease,
    /// The window of an open request that no coordinator was told of.
    Window,
    /// The window and its extension.
    Extension,
    /// The wait for an acknowledgement.
    Acknowledgement,
    /// The wait for a household's word before it is called.
    AcknowledgementCall,
    /// The time in which nobody asks whether help is still needed.
    StillNeededCall,
    /// Nothing but to try the telephone before somebody goes.
    WelfareCall,
    /// The need for a call.
    SettledCall,
}

impl Due {
    /// Everything that may be due.
    pub const ALL: [Self; 8] = [
        Self::Lease,
        Self::Window,
        Self::Extension,
        Self::Acknowledgement,
        Self::AcknowledgementCall,
        Self::StillNeededCall,
        Self::WelfareCall,
        Self::SettledCall,
    ];
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

// What may be over is found first, by the index of its time, and put in order afterwards: asked for both at once
// and for a few rows only, Postgres walks all requests in the order of their ids, which takes most of a second.
// Campaigns whose clock is ahead are looked through by themselves: were the bound of all moved by the one that is
// farthest, every real request would be looked at each second on behalf of a sandbox.

/// The requests of sandboxes, few and small, and of whatever campaign's clock is ahead.
macro_rules! ahead {
    () => {
        "campaigns a JOIN campaign_organisations o ON o.campaign_id = a.id \
         JOIN requests q ON q.organisation_id = o.organisation_id AND q.campaign_id = a.id \
         AND (a.is_sandbox OR a.clock_offset_s > 0)"
    };
}
pub(super) use ahead;

const LEASE: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT request_id, lease_until FROM claims \
        WHERE status = 'active' AND lease_until <= $1 \
        UNION ALL SELECT c.request_id, c.lease_until FROM ",
    ahead!(),
    " AND q.status IN ('claimed', 'in_delivery') \
        JOIN claims c ON c.request_id = q.id AND c.status = 'active' AND c.lease_until > $1) \
    SELECT q.id FROM due JOIN requests q ON q.id = due.request_id JOIN campaigns m ON m.id = q.campaign_id \
    WHERE due.lease_until <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 AND $4 >= 0 \
    ORDER BY q.id LIMIT $3"
);

const WINDOW: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT id, campaign_id, window_end FROM requests \
        WHERE status IN ('open', 'pending_verification') AND status = 'open' AND escalated_at IS NULL \
          AND window_end <= $1 \
        UNION ALL SELECT q.id, q.campaign_id, q.window_end FROM ",
    ahead!(),
    " AND q.status = 'open' AND q.escalated_at IS NULL AND q.window_end > $1) \
    SELECT q.id FROM due q JOIN campaigns m ON m.id = q.campaign_id \
    WHERE q.window_end <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 AND $4 >= 0 \
    ORDER BY q.id LIMIT $3"
);

const EXTENSION: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT id, campaign_id, window_end FROM requests \
        WHERE status IN ('open', 'pending_verification') AND window_end <= $1 \
        UNION ALL SELECT q.id, q.campaign_id, q.window_end FROM ",
    ahead!(),
    " AND q.status IN ('open', 'pending_verification') AND q.window_end > $1) \
    SELECT q.id FROM due q JOIN campaigns m ON m.id = q.campaign_id \
    JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
    WHERE q.window_end + coalesce((p.body->>'extension_s')::bigint, $4) * interval '1s' \
          <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 \
    ORDER BY q.id LIMIT $3"
);

const ACKNOWLEDGEMENT: &str = concat!(
    "WITH due AS MATERIALIZED ( \
        SELECT id, campaign_id, household_id, fulfilled_at FROM requests \
        WHERE status = 'fulfilled' AND acknowledged_at IS NULL AND kind IN ('delivery', 'collection') \
          AND fulfilled_at <= $1 \
        UNION ALL SELECT q.id, q.campaign_id, q.household_id, q.fulfilled_at FROM ",
    ahead!(),
    " AND q.status = 'fulfilled' AND q.acknowledged_at IS NULL AND q.kind IN ('delivery', 'collection') \
          AND q.fulfilled_at > $1) \
    SELECT q.id FROM due q JOIN campaigns m ON m.id = q.campaign_id \
    JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
    JOIN households h ON h.id = q.household_id AND h.status IN ('pending_verification', 'verified') \
    WHERE q.fulfilled_at + coalesce((p.body->>'silence_s')::bigint, $4) * interval '1s' \
          <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 \
      AND NOT EXISTS (SELECT 1 FROM silences s WHERE s.request_id = q.id) \
    ORDER BY q.id LIMIT $3"
);

/// Requests of which this is due, in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn requests(
    unit: &mut Unit<'_>,
    due: Due,
    after: Uuid,
    limit: i32,
) -> Result<Vec<RequestId>, StorageError> {
    let usual = Policy::default();
    let (sql, usual_s) = match due {
        Due::Lease => (LEASE, usual.lease_s),
        Due::Window => (WINDOW, 0),
        Due::Extension => (EXTENSION, usual.extension_s),
        Due::Acknowledgement => (ACKNOWLEDGEMENT, usual.silence_s),
        Due::AcknowledgementCall => (due_calls::ACKNOWLEDGEMENT, usual.calls.acknowledgement_s),
        Due::StillNeededCall => (due_calls::STILL_NEEDED, usual.calls.still_needed_s),
        Due::WelfareCall => (due_calls::WELFARE_CHECK, 0),
        Due::SettledCall => (due_calls::SETTLED, 0),
    };
    let found: Vec<Found> = diesel::sql_query(sql)
        .bind::<Timestamptz, _>(unit.now)
        .bind::<SqlUuid, _>(after)
        .bind::<Integer, _>(limit)
        .bind::<BigInt, _>(i64::from(usual_s))
        .prepared()
        .load(unit.conn)
        .await?;
    Ok(found.into_iter().map(|found| RequestId::new(found.id)).collect())
}
