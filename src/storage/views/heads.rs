//! Where every chain of seals ends.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::storage::{StorageError, Unit};

/// Chains are few and seals many: from each chain the next is found in the index, so that no other seal is read.
pub(in crate::storage) const HEADS: &str = r#"
WITH RECURSIVE chains AS (
    (SELECT organisation_id, book FROM seals ORDER BY organisation_id, book LIMIT 1)
    UNION ALL SELECT n.organisation_id, n.book FROM chains c CROSS JOIN LATERAL (
        SELECT s.organisation_id, s.book FROM seals s WHERE (s.organisation_id, s.book) > (c.organisation_id, c.book)
        ORDER BY s.organisation_id, s.book LIMIT 1) n)
SELECT c.book, c.organisation_id, h.number, h.sealed_at, h.head FROM chains c CROSS JOIN LATERAL (
    SELECT number, coalesce(to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '') AS sealed_at, head
    FROM seals s WHERE s.organisation_id = c.organisation_id AND s.book = c.book ORDER BY number DESC LIMIT 1) h
ORDER BY c.book, c.organisation_id"#;

/// The last seal of a chain.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct HeadRow {
    /// Which table.
    #[diesel(sql_type = Text)]
    pub book: String,
    /// Whose chain; nil for rows of no organisation.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// When it was made, as RFC 3339 writes it in UTC with microseconds.
    #[diesel(sql_type = Text)]
    pub sealed_at: String,
    /// The head.
    #[diesel(sql_type = Binary)]
    pub head: Vec<u8>,
}

/// All of them.
///
/// # Errors
/// When the database fails.
pub async fn all(unit: &mut Unit<'_>) -> Result<Vec<HeadRow>, StorageError> {
    Ok(diesel::sql_query(HEADS).load(unit.conn).await?)
}
