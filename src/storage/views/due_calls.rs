//! Requests about which somebody is to be called, or no more: statements for `due`, which tells how they are bound.

use super::due::ahead;

/// Delivered for some hours, and nobody has confirmed it. Once somebody is sent, that is another call's matter.
pub(super) const ACKNOWLEDGEMENT: &str = concat!(
    "WITH due AS MATERIALIZED ( \
        SELECT id, campaign_id, household_id, fulfilled_at FROM requests \
        WHERE status = 'fulfilled' AND acknowledged_at IS NULL AND kind IN ('delivery', 'collection') \
          AND fulfilled_at <= $1 AND fulfilled_at > $1 - interval '31 days' \
        UNION ALL SELECT q.id, q.campaign_id, q.household_id, q.fulfilled_at FROM ",
    ahead!(),
    " AND q.status = 'fulfilled' AND q.acknowledged_at IS NULL AND q.kind IN ('delivery', 'collection') \
          AND q.fulfilled_at > $1) \
    SELECT q.id FROM due q JOIN campaigns m ON m.id = q.campaign_id \
    JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
    JOIN household_doors d ON d.household_id = q.household_id AND d.has_phone \
    WHERE q.fulfilled_at + coalesce((p.body->'calls'->>'acknowledgement_s')::bigint, $4) * interval '1s' \
          <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 \
      AND NOT EXISTS (SELECT 1 FROM silences s WHERE s.request_id = q.id) \
      AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.request_id = q.id AND c.purpose = 'acknowledgement') \
    ORDER BY q.id LIMIT $3"
);

/// About to expire. Somebody who is to be seen is not asked whether they want to be.
pub(super) const STILL_NEEDED: &str = concat!(
    "WITH bound AS MATERIALIZED (SELECT $1 + coalesce(max(coalesce((p.body->'calls'->>'still_needed_s')::bigint, $4) \
                - coalesce((p.body->>'extension_s')::bigint, 86400)), 0) * interval '1s' AS at \
        FROM campaigns m JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
        WHERE NOT m.is_sandbox), \
    due AS MATERIALIZED ( \
        SELECT id, campaign_id, household_id, window_end FROM requests \
        WHERE status IN ('open', 'pending_verification') AND kind <> 'welfare_check' \
          AND window_end <= (SELECT at FROM bound) \
        UNION ALL SELECT q.id, q.campaign_id, q.household_id, q.window_end FROM ",
    ahead!(),
    " AND q.status IN ('open', 'pending_verification') AND q.kind <> 'welfare_check' \
          AND q.window_end > (SELECT at FROM bound)) \
    SELECT q.id FROM due q JOIN campaigns m ON m.id = q.campaign_id \
    JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
    JOIN household_doors d ON d.household_id = q.household_id AND d.has_phone \
    WHERE q.window_end + (coalesce((p.body->>'extension_s')::bigint, 86400) \
                          - coalesce((p.body->'calls'->>'still_needed_s')::bigint, $4)) * interval '1s' \
          <= $1 + m.clock_offset_s * interval '1s' AND q.id > $2 \
      AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.request_id = q.id AND c.purpose = 'still_needed') \
    ORDER BY q.id LIMIT $3"
);

/// Visits because of a silence, while nobody has gone there.
pub(super) const WELFARE_CHECK: &str = "SELECT q.id FROM requests q \
    JOIN household_doors d ON d.household_id = q.household_id AND d.has_phone \
    WHERE q.status IN ('open', 'pending_verification') AND q.kind = 'welfare_check' AND q.id > $2 AND $4 >= 0 \
      AND q.window_end > $1 - interval '62 days' \
      AND EXISTS (SELECT 1 FROM silences s WHERE s.welfare_check_id = q.id) \
      AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.request_id = q.id AND c.purpose = 'welfare_check') \
    ORDER BY q.id LIMIT $3";

/// Calls whose matter was settled otherwise.
pub(super) const SETTLED: &str = "SELECT DISTINCT q.id FROM calls c JOIN requests q ON q.id = c.request_id \
    JOIN campaigns m ON m.id = q.campaign_id \
    WHERE c.status = 'waiting' AND q.id > $2 AND $4 >= 0 \
      AND (c.locked_until IS NULL OR c.locked_until <= $1 + m.clock_offset_s * interval '1s') \
      AND CASE c.purpose WHEN 'acknowledgement' THEN q.acknowledged_at IS NOT NULL \
                         WHEN 'call_back' THEN false \
                         ELSE q.status IN ('fulfilled', 'cancelled', 'expired', 'unfulfilled') END \
    ORDER BY q.id LIMIT $3";
