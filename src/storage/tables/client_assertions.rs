//! Which signed assertions of partner apps were shown, and by which keys they may be signed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::PartnerId;

use super::partners::PartnerRow;
use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{client_assertions, partners};
use crate::storage::{StorageError, Unit};

/// The public keys of a partner app, as JSON Web Keys; none when it has none.
///
/// # Errors
/// When the database fails.
pub async fn public_keys(
    unit: &mut Unit<'_>,
    partner: PartnerId,
) -> Result<Option<serde_json::Value>, StorageError> {
    let keys: Option<Option<serde_json::Value>> = partners::table
        .find(partner.uuid())
        .select(partners::public_keys)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(keys.flatten())
}

/// Gives an active partner app these keys and no others. `None` when it is not active.
///
/// # Errors
/// When the database fails.
pub async fn set_public_keys(
    unit: &mut Unit<'_>,
    partner: PartnerId,
    keys: &serde_json::Value,
) -> Result<Option<PartnerRow>, StorageError> {
    let row = diesel::update(partners::table.find(partner.uuid()).filter(partners::status.eq("active")))
        .set((partners::public_keys.eq(keys), partners::version.eq(partners::version + 1)))
        .returning(PartnerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// An assertion is shown. `false` when one of that name was: whoever shows it at the same time waits, and is told so.
///
/// # Errors
/// When the database fails.
pub async fn show(
    unit: &mut Unit<'_>,
    partner: &PartnerRow,
    jti_hash: &[u8],
    expires_at: Moment,
) -> Result<bool, StorageError> {
    let first = diesel::insert_into(client_assertions::table)
        .values((
            client_assertions::organisation_id.eq(partner.organisation_id),
            client_assertions::partner_id.eq(partner.id),
            client_assertions::jti_hash.eq(jti_hash),
            client_assertions::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(first > 0)
}

/// Forgets assertions that ran out before then. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    forget_some(unit, "client_assertions", "expires_at < $1", (before, most)).await
}
