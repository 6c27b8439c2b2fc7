//! What must hold of the database whatever happened: the invariants, and that key, effect and event
//! are all there or none is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::postgres::TestDatabase;

/// What every key of these tests, and so every id of their calls, begins with.
pub(crate) const OURS: &str = "soak-";

/// Statements that count what must not be.
const NEVER: [(&str, &str); 11] = [
    (
        "requests with more than one active claim",
        "SELECT count(*) FROM (SELECT FROM claims WHERE status = 'active' GROUP BY request_id HAVING count(*) > 1) d",
    ),
    (
        "volunteers whose count of active claims is wrong",
        "SELECT count(*) FROM volunteers v WHERE active_claims <> \
         (SELECT count(*) FROM claims c WHERE c.volunteer_id = v.id AND c.status = 'active')",
    ),
    ("volunteers over their limit", "SELECT count(*) FROM volunteers WHERE active_claims > claim_limit"),
    (
        "claimed requests without an active claim, or the reverse",
        "SELECT count(*) FROM requests r WHERE (status IN ('claimed', 'in_delivery')) <> \
         EXISTS (SELECT FROM claims c WHERE c.request_id = r.id AND c.status = 'active')",
    ),
    (
        "claims without their delivery",
        "SELECT count(*) FROM claims c WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.claim_id = c.id)",
    ),
    (
        "completed deliveries without a proof",
        "SELECT count(*) FROM deliveries d WHERE d.status = 'completed' \
         AND NOT EXISTS (SELECT FROM proofs p WHERE p.delivery_id = d.id)",
    ),
    (
        "requests without lines or phrase",
        "SELECT count(*) FROM requests r WHERE NOT EXISTS (SELECT FROM request_lines l WHERE l.request_id = r.id) \
         OR NOT EXISTS (SELECT FROM request_phrases p WHERE p.request_id = r.id)",
    ),
    (
        "keys whose effect has no event",
        "SELECT count(*) FROM idempotency_keys k WHERE k.key LIKE 'soak-%' AND k.status < 300 \
         AND NOT EXISTS (SELECT FROM events e WHERE e.call_id = k.key)",
    ),
    (
        "events whose call has no key",
        "SELECT count(*) FROM events e WHERE e.call_id LIKE 'soak-%' \
         AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.key = e.call_id)",
    ),
    (
        "calls with more than one event",
        "SELECT count(*) FROM (SELECT FROM events WHERE call_id LIKE 'soak-%' GROUP BY call_id HAVING count(*) > 1) d",
    ),
    (
        "requests whose call has no key",
        "SELECT count(*) FROM requests r WHERE r.external_id LIKE 'soak-%' \
         AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.key = r.external_id)",
    ),
];

/// Everything that should not be, in words; empty when all is well.
pub(crate) async fn violations(database: &TestDatabase) -> Vec<String> {
    let mut found = Vec::new();
    for (what, sql) in NEVER {
        let count = database.count(sql).await;
        if count != 0 {
            found.push(format!("{count} {what}"));
        }
    }
    found.extend(differences_from_the_log(database).await);
    found
}

/// Acknowledged keys of which the database knows nothing.
pub(crate) async fn lost(database: &TestDatabase, acknowledged: &BTreeSet<String>) -> Vec<String> {
    let told: Vec<&str> = acknowledged.iter().map(String::as_str).collect();
    let sql = format!(
        "SELECT key FROM idempotency_keys WHERE status < 300 AND key = ANY('{{{}}}')",
        told.join(",")
    );
    let rows = database.ask(&sql).await;
    let kept: BTreeSet<String> = rows.into_iter().filter_map(|mut row| row.remove(0)).collect();
    acknowledged.difference(&kept).map(|key| format!("{key} was acknowledged and is lost")).collect()
}

/// Rebuilds every status from the events alone and compares it with the rows.
async fn differences_from_the_log(database: &TestDatabase) -> Vec<String> {
    let mut found = Vec::new();
    let mut rebuilt: BTreeMap<String, String> = BTreeMap::new();
    for row in database.ask("SELECT changes FROM events ORDER BY seq").await {
        let changes: Vec<Value> = serde_json::from_str(row[0].as_deref().unwrap()).unwrap();
        for change in changes {
            let text = |field: &str| change[field].as_str().map(str::to_owned);
            let before = rebuilt.insert(text("id").unwrap(), text("to").unwrap());
            if before != text("from") && ours(&change) {
                found.push(format!("the log tells {change} of what was {before:?}"));
            }
        }
    }
    for (table, prefix) in [("requests", "req"), ("claims", "clm"), ("deliveries", "dlv")] {
        for row in database.ask(&format!("SELECT id, status FROM {table}")).await {
            let id = wire(prefix, row[0].as_deref().unwrap());
            let told = rebuilt.remove(&id);
            if told != row[1] {
                found.push(format!("{id} is {:?}; the log tells {told:?}", row[1]));
            }
        }
    }
    let told_only =
        rebuilt.keys().filter(|id| ["req_", "clm_", "dlv_"].iter().any(|kind| id.starts_with(kind)));
    found.extend(told_only.map(|id| format!("the log tells of {id}, which is not there")));
    found
}

/// Seeded people were there before the log began.
fn ours(change: &Value) -> bool {
    ["request", "claim", "delivery"].iter().any(|object| change["object"] == *object)
}

fn wire(prefix: &str, uuid: &str) -> String {
    let id = domain::id::RequestId::new(uuid.parse().unwrap()).to_string();
    format!("{prefix}{}", id.strip_prefix("req").unwrap())
}
