//! What was written to a book and is not sealed yet: whole rows, in the order of writing, without gaps.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Double, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::storage::events::Cursor;
use crate::storage::prepared::Prepare;
use crate::storage::tables::seals;
use crate::storage::{Book, StorageError, Unit};

/// A row of a book.
#[derive(Debug, Clone, QueryableByName)]
pub struct Unsealed {
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    number: i64,
    /// Whose it is; none where it is the deployment's.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub organisation_id: Option<Uuid>,
    /// All its columns by name, as Postgres writes them: also those that a later release adds.
    #[diesel(sql_type = Jsonb)]
    pub row: Value,
}

impl Unsealed {
    /// Its place in the order of writing.
    #[must_use]
    pub const fn place(&self) -> Cursor {
        Cursor { xid: self.xid, seq: self.number }
    }
}

/// The next rows after a place, up to `limit`, below the oldest transaction that is still running: nothing can come
/// before them any more.
///
/// # Errors
/// When the database fails.
pub async fn after(
    unit: &mut Unit<'_>,
    book: Book,
    place: Cursor,
    limit: i64,
) -> Result<Vec<Unsealed>, StorageError> {
    let (table, number) = (book.as_str(), book.number());
    let rows = diesel::sql_query(format!(
        "SELECT b.xid::text::bigint AS xid, b.{number} AS number, b.organisation_id, to_jsonb(b) AS row FROM {table} b \
         WHERE (b.xid, b.{number}) > ($1::text::xid8, $2) AND b.xid < pg_snapshot_xmin(pg_current_snapshot()) \
         ORDER BY b.xid, b.{number} LIMIT $3"
    ))
    .bind::<Text, _>(place.xid.to_string())
    .bind::<BigInt, _>(place.seq)
    .bind::<BigInt, _>(limit)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Age {
    #[diesel(sql_type = Double)]
    age_s: f64,
}

/// For how long the row that is to be sealed next has waited for it, in seconds; 0 when none waits.
///
/// # Errors
/// When the database fails.
pub async fn lag_s(unit: &mut Unit<'_>, book: Book) -> Result<f64, StorageError> {
    let (_, place) = seals::last_pass(unit, book).await?;
    let (table, number) = (book.as_str(), book.number());
    let age: Age = diesel::sql_query(format!(
        "SELECT coalesce((SELECT extract(epoch FROM $3 - b.at) FROM {table} b \
            WHERE (b.xid, b.{number}) > ($1::text::xid8, $2) ORDER BY b.xid, b.{number} LIMIT 1), 0)::float8 AS age_s"
    ))
    .bind::<Text, _>(place.xid.to_string())
    .bind::<BigInt, _>(place.seq)
    .bind::<Timestamptz, _>(unit.now)
    .get_result(unit.conn)
    .await?;
    Ok(age.age_s.max(0.0))
}
