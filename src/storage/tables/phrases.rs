//! Phrases that take the place of others. Only their keyed hashes are kept.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::requests::RequestRow;
use crate::storage::prepared::Prepare;
use crate::storage::schema::request_phrases;
use crate::storage::{StorageError, Unit};

/// Keeps a phrase in place of the one before. Wrong ones are counted anew: whoever guessed at the other knows
/// nothing of this one.
///
/// # Errors
/// When the database fails.
pub async fn replace(unit: &mut Unit<'_>, request: &RequestRow, mac: &[u8]) -> Result<(), StorageError> {
    diesel::insert_into(request_phrases::table)
        .values((
            request_phrases::request_id.eq(request.id),
            request_phrases::organisation_id.eq(request.organisation_id),
            request_phrases::phrase_mac.eq(mac),
        ))
        .on_conflict(request_phrases::request_id)
        .do_update()
        .set((request_phrases::phrase_mac.eq(mac), request_phrases::wrong_phrases.eq(0)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
