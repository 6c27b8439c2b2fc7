//! Links that work once, hashed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{OrganisationId, UserId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::one_time_links;
use crate::storage::{StorageError, Unit};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To make the first organisation and its administrator.
    FirstAdministrator,
    /// To set the password of a person who was entered without one.
    SetPassword { organisation: OrganisationId, user: UserId },
}

const FIRST: &str = "first_administrator";
const PASSWORD: &str = "set_password";

/// Keeps a link.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    token_hash: &[u8],
    purpose: LinkPurpose,
    expires_at: Moment,
) -> Result<(), StorageError> {
    let (word, organisation, user) = match purpose {
        LinkPurpose::FirstAdministrator => (FIRST, None, None),
        LinkPurpose::SetPassword { organisation, user } => {
            (PASSWORD, Some(organisation.uuid()), Some(user.uuid()))
        }
    };
    diesel::insert_into(one_time_links::table)
        .values((
            one_time_links::token_hash.eq(token_hash),
            one_time_links::purpose.eq(word),
            one_time_links::organisation_id.eq(organisation),
            one_time_links::user_id.eq(user),
            one_time_links::created_at.eq(unit.now),
            one_time_links::expires_at.eq(expires_at),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Uses a link, once. `None` when it was used, ran out, or never was.
///
/// # Errors
/// When the database fails.
pub async fn spend(unit: &mut Unit<'_>, token_hash: &[u8]) -> Result<Option<LinkPurpose>, StorageError> {
    let spent: Option<(String, Option<Uuid>, Option<Uuid>)> = diesel::update(
        one_time_links::table
            .find(token_hash)
            .filter(one_time_links::used_at.is_null())
            .filter(one_time_links::expires_at.gt(unit.now)),
    )
    .set(one_time_links::used_at.eq(unit.now))
    .returning((one_time_links::purpose, one_time_links::organisation_id, one_time_links::user_id))
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    spent.map(purpose).transpose()
}

fn purpose(row: (String, Option<Uuid>, Option<Uuid>)) -> Result<LinkPurpose, StorageError> {
    match (row.0.as_str(), row.1, row.2) {
        (FIRST, None, None) => Ok(LinkPurpose::FirstAdministrator),
        (PASSWORD, Some(organisation), Some(user)) => Ok(LinkPurpose::SetPassword {
            organisation: OrganisationId::new(organisation),
            user: UserId::new(user),
        }),
        _ => Err(StorageError::Impossible("a link of no known purpose".to_owned())),
    }
}

/// Forgets links of the first administrator that were not used: a new start prints a new one.
///
/// # Errors
/// When the database fails.
pub async fn forget_first_administrator(unit: &mut Unit<'_>) -> Result<(), StorageError> {
    diesel::delete(
        one_time_links::table
            .filter(one_time_links::purpose.eq(FIRST))
            .filter(one_time_links::used_at.is_null()),
    )
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(())
}

/// Forgets a person's links that were not used: a new one takes their place, or they may not log in any more.
///
/// # Errors
/// When the database fails.
pub async fn forget_of(unit: &mut Unit<'_>, user: UserId) -> Result<(), StorageError> {
    diesel::delete(
        one_time_links::table
            .filter(one_time_links::user_id.eq(user.uuid()))
            .filter(one_time_links::used_at.is_null()),
    )
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(())
}
