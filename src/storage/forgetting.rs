//! Old rows are deleted, so many at a time: whatever else is written waits for none of it.

use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::Moment;

use super::{StorageError, Unit};

/// Deletes rows of a table for which a condition on the moment `$1` holds, at most so many, whichever are found first.
/// Answers how many.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_some(
    unit: &mut Unit<'_>,
    table: &'static str,
    old: &'static str,
    (before, most): (Moment, i64),
) -> Result<usize, StorageError> {
    let forgotten = diesel::sql_query(format!(
        "DELETE FROM {table} WHERE ctid = ANY (ARRAY( \
           SELECT ctid FROM {table} WHERE {old} LIMIT $2))"
    ))
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(unit.conn)
    .await?;
    Ok(forgotten)
}
