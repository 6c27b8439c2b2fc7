//! Which keys have signed tokens, by their names.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::storage::schema::signing_keys;
use crate::storage::{StorageError, Unit};

/// Keeps the names of keys. Answers those that nobody has seen before; of two processes that see one at once, one does.
///
/// # Errors
/// When the database fails.
pub async fn see(unit: &mut Unit<'_>, kids: &[String]) -> Result<Vec<String>, StorageError> {
    let rows: Vec<_> =
        kids.iter().map(|kid| (signing_keys::kid.eq(kid), signing_keys::seen_at.eq(unit.now))).collect();
    let new = diesel::insert_into(signing_keys::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(signing_keys::kid)
        .load(unit.conn)
        .await?;
    Ok(new)
}
