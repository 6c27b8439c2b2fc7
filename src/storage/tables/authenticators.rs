//! Authenticators: the secrets that apps on people's telephones share with us, sealed under their organisation's key.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::storage::prepared::Prepare;
use crate::storage::schema::{authenticators, users};
use crate::storage::{StorageError, Unit};
use crate::vault::Bound;

/// Whose authenticator.
pub type Owner = (OrganisationId, UserId);

/// An authenticator as its table keeps it. What is sealed stays inside this type's field.
#[derive(Queryable, Selectable)]
#[diesel(table_name = authenticators)]
pub struct AuthenticatorRow {
    organisation_id: Uuid,
    user_id: Uuid,
    sealed: Vec<u8>,
    key_version: i32,
    /// When its person showed a first code.
    pub confirmed_at: Option<Moment>,
    /// The newest half minute whose code was shown.
    pub last_step: i64,
    /// Keyed hashes of the recovery codes that are left.
    pub recovery_hashes: Vec<Option<Vec<u8>>>,
}

impl AuthenticatorRow {
    /// Whose it is.
    #[must_use]
    pub const fn owner(&self) -> Owner {
        (OrganisationId::new(self.organisation_id), UserId::new(self.user_id))
    }
}

fn bound((organisation, user): Owner) -> Bound {
    Bound::row(organisation.uuid(), "authenticators.sealed", user.uuid())
}

/// Somebody's authenticator, confirmed or not. Whoever else shows a code of it waits.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(
    unit: &mut Unit<'_>,
    (organisation, user): Owner,
) -> Result<Option<AuthenticatorRow>, StorageError> {
    let row = authenticators::table
        .find((organisation.uuid(), user.uuid()))
        .select(AuthenticatorRow::as_select())
        .for_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// What its app computes codes from.
///
/// # Errors
/// When the database fails, or it does not open.
pub async fn secret(unit: &Unit<'_>, row: &AuthenticatorRow) -> Result<Zeroizing<Vec<u8>>, StorageError> {
    let keys = unit.database.keys_with(row.organisation_id, row.key_version).await?;
    Ok(keys.version(row.key_version)?.open(&bound(row.owner()), &row.sealed)?)
}

/// Keeps a secret that is yet to be confirmed, in place of another such. `false` when one is confirmed already.
///
/// # Errors
/// When the database fails.
pub async fn begin(unit: &mut Unit<'_>, owner: Owner, secret: &[u8]) -> Result<bool, StorageError> {
    let (organisation, user) = owner;
    let keys = unit.keys_of(organisation.uuid()).await?;
    let (version, key) = keys.newest()?;
    let sealed = key.seal(&bound(owner), secret)?;
    let fresh = (
        authenticators::sealed.eq(&sealed),
        authenticators::key_version.eq(version),
        authenticators::made_at.eq(unit.now),
    );
    let put = diesel::insert_into(authenticators::table)
        .values((
            authenticators::organisation_id.eq(organisation.uuid()),
            authenticators::user_id.eq(user.uuid()),
            fresh,
        ))
        .on_conflict((authenticators::organisation_id, authenticators::user_id))
        .do_update()
        .set((fresh, authenticators::last_step.eq(0)));
    // What an INSERT is filtered by is its conflict's WHERE; no other trait of diesel's has it.
    let put = diesel::query_dsl::methods::FilterDsl::filter(put, authenticators::confirmed_at.is_null());
    let begun = put.execute(unit.conn).await?;
    Ok(begun > 0)
}

/// Its person has shown the code of this half minute, and gets these recovery codes.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    unit: &mut Unit<'_>,
    owner: Owner,
    (step, recovery_hashes): (i64, &[Vec<u8>]),
) -> Result<(), StorageError> {
    let hashes: Vec<Option<&[u8]>> = recovery_hashes.iter().map(|hash| Some(hash.as_slice())).collect();
    let set = (
        authenticators::confirmed_at.eq(unit.now),
        authenticators::last_step.eq(step),
        authenticators::recovery_hashes.eq(hashes),
    );
    let row = authenticators::table.find((owner.0.uuid(), owner.1.uuid()));
    diesel::update(row).set(set).prepared().execute(unit.conn).await?;
    Ok(())
}

/// The code of this half minute was shown: it is good no more, nor is any before it.
///
/// # Errors
/// When the database fails.
pub async fn use_step(unit: &mut Unit<'_>, owner: Owner, step: i64) -> Result<(), StorageError> {
    diesel::update(authenticators::table.find((owner.0.uuid(), owner.1.uuid())))
        .set(authenticators::last_step.eq(step))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Recovery codes are left, and no others.
///
/// # Errors
/// When the database fails.
pub async fn keep_recovery(
    unit: &mut Unit<'_>,
    owner: Owner,
    left: &[Option<Vec<u8>>],
) -> Result<(), StorageError> {
    diesel::update(authenticators::table.find((owner.0.uuid(), owner.1.uuid())))
        .set(authenticators::recovery_hashes.eq(left))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Whether somebody has one that is confirmed.
///
/// # Errors
/// When the database fails.
pub async fn is_confirmed(unit: &mut Unit<'_>, user: UserId) -> Result<bool, StorageError> {
    let found: Option<Uuid> = authenticators::table
        .filter(authenticators::user_id.eq(user.uuid()))
        .filter(authenticators::confirmed_at.is_not_null())
        .select(authenticators::user_id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Removes somebody's. `false` when they had none.
///
/// # Errors
/// When the database fails.
pub async fn remove(unit: &mut Unit<'_>, (organisation, user): Owner) -> Result<bool, StorageError> {
    let removed = diesel::delete(
        authenticators::table
            .filter(authenticators::organisation_id.eq(organisation.uuid()))
            .filter(authenticators::user_id.eq(user.uuid())),
    )
    .execute(unit.conn)
    .await?;
    Ok(removed > 0)
}

/// Coordinators and administrators of an organisation who have none that is confirmed.
///
/// # Errors
/// When the database fails.
pub async fn staff_without(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
) -> Result<Vec<UserId>, StorageError> {
    let with = authenticators::table
        .filter(authenticators::confirmed_at.is_not_null())
        .select(authenticators::user_id);
    let found: Vec<Uuid> = users::table
        .filter(users::organisation_id.eq(organisation.uuid()))
        .filter(users::role.ne(Role::Volunteer.as_str()))
        .filter(users::id.ne_all(with))
        .order(users::id)
        .select(users::id)
        .load(unit.conn)
        .await?;
    Ok(found.into_iter().map(UserId::new).collect())
}
