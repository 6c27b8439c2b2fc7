//! Refresh tokens, hashed. A family is one session; each token gives one child.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use uuid::Uuid;

use super::sessions::SessionRow;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{refresh_tokens, sessions};
use crate::storage::{StorageError, Unit};

/// A refresh token as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
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
}

/// Keeps a new token of a session.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    session: &SessionRow,
    token_hash: Vec<u8>,
) -> Result<(), StorageError> {
    let row = RefreshRow {
        token_hash,
        family_id: session.id,
        organisation_id: session.organisation_id,
        user_id: session.user_id,
        issued_at: unit.now,
        expires_at: session.expires_at,
        used_at: None,
        child_hash: None,
    };
    diesel::insert_into(refresh_tokens::table).values(row).prepared().execute(unit.conn).await?;
    Ok(())
}

/// The token with that hash and its session, both kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(
    unit: &mut Unit<'_>,
    token_hash: &[u8],
) -> Result<Option<(RefreshRow, SessionRow)>, StorageError> {
    let found = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::family_id)))
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .select((RefreshRow::as_select(), SessionRow::as_select()))
        .for_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found)
}

/// Whether the token with that hash was used. One that is not known was.
///
/// # Errors
/// When the database fails.
pub async fn is_spent(unit: &mut Unit<'_>, token_hash: &[u8]) -> Result<bool, StorageError> {
    let used_at: Option<Option<Moment>> = refresh_tokens::table
        .find(token_hash)
        .select(refresh_tokens::used_at)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(used_at.is_none_or(|used_at| used_at.is_some()))
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
