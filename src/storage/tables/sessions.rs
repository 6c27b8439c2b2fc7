//! Refresh tokens, hashed. A family is one session; each token gives one child.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{OrganisationId, UserId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::refresh_tokens;
use crate::storage::{StorageError, Unit};

/// A refresh token as its table keeps it.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
pub struct RefreshRow {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// The session.
    pub family_id: Uuid,
    /// The person's organisation.
    pub organisation_id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// When it was issued.
    pub issued_at: Moment,
    /// When the whole session ends.
    pub expires_at: Moment,
    /// When it was spent.
    pub used_at: Option<Moment>,
    /// The token it was spent for.
    pub child_hash: Option<Vec<u8>>,
    /// When the session was ended.
    pub revoked_at: Option<Moment>,
}

/// Keeps a new token.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, row: &RefreshRow) -> Result<(), StorageError> {
    diesel::insert_into(refresh_tokens::table).values(row).prepared().execute(unit.conn).await?;
    Ok(())
}

/// The token with that hash, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, token_hash: &[u8]) -> Result<Option<RefreshRow>, StorageError> {
    let row = refresh_tokens::table
        .find(token_hash)
        .select(RefreshRow::as_select())
        .for_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Marks a token as spent for its child.
///
/// # Errors
/// When the database fails.
pub async fn spend(unit: &mut Unit<'_>, token_hash: &[u8], child_hash: &[u8]) -> Result<(), StorageError> {
    diesel::update(refresh_tokens::table.find(token_hash))
        .set((refresh_tokens::used_at.eq(unit.now), refresh_tokens::child_hash.eq(child_hash)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub async fn revoke_family(unit: &mut Unit<'_>, family: Uuid) -> Result<usize, StorageError> {
    let ended = diesel::update(
        refresh_tokens::table
            .filter(refresh_tokens::family_id.eq(family))
            .filter(refresh_tokens::revoked_at.is_null()),
    )
    .set(refresh_tokens::revoked_at.eq(unit.now))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(ended)
}

/// Ends every session of a person.
///
/// # Errors
/// When the database fails.
pub async fn revoke_all_of(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    user: UserId,
) -> Result<usize, StorageError> {
    let ended = diesel::update(
        refresh_tokens::table
            .filter(refresh_tokens::organisation_id.eq(organisation.uuid()))
            .filter(refresh_tokens::user_id.eq(user.uuid()))
            .filter(refresh_tokens::revoked_at.is_null()),
    )
    .set(refresh_tokens::revoked_at.eq(unit.now))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(ended)
}

/// Forgets a token that never reached its owner.
///
/// # Errors
/// When the database fails.
pub async fn forget(unit: &mut Unit<'_>, token_hash: &[u8]) -> Result<(), StorageError> {
    diesel::delete(refresh_tokens::table.find(token_hash)).prepared().execute(unit.conn).await?;
    Ok(())
}
