//! What the database says afterwards.

use crate::support::postgres::TestDatabase;

/// Exactly so many requests are claimed, once each, with one event each, and every count agrees.
pub(crate) async fn assert_exclusive(database: &TestDatabase, claimed: usize) {
    let claimed = i64::try_from(claimed).unwrap();
    for (what, sql) in [
        ("active claims", "SELECT count(*) FROM claims WHERE status = 'active'"),
        (
            "requests with an active claim",
            "SELECT count(DISTINCT request_id) FROM claims WHERE status = 'active'",
        ),
        ("requests that are claimed", "SELECT count(*) FROM requests WHERE status = 'claimed'"),
        ("deliveries", "SELECT count(*) FROM deliveries WHERE status = 'awaiting_pickup'"),
        ("events", "SELECT count(*) FROM events WHERE kind = 'request.claimed'"),
        (
            "requests with such an event",
            "SELECT count(DISTINCT request_id) FROM events WHERE kind = 'request.claimed'",
        ),
        ("claims counted at volunteers", "SELECT coalesce(sum(active_claims), 0)::bigint FROM volunteers"),
    ] {
        assert_eq!(database.count(sql).await, claimed, "{what}");
    }
    let over = "SELECT count(*) FROM volunteers WHERE active_claims > claim_limit";
    assert_eq!(database.count(over).await, 0, "volunteers over their limit");
}

/// How many requests have more than one active claim.
#[cfg(feature = "planted_bugs")]
pub(crate) async fn doubly_claimed(database: &TestDatabase) -> i64 {
    let sql = "SELECT count(*) FROM (SELECT FROM claims WHERE status = 'active' GROUP BY request_id HAVING count(*) > 1) d";
    database.count(sql).await
}
