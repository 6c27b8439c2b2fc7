//! People who can log in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::{organisations, users};
use crate::storage::{StorageError, Unit};

/// A person as their table keeps them. The hash stays inside this type's field.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct UserRow {
    /// Their id.
    pub id: Uuid,
    /// For whom they work.
    pub organisation_id: Uuid,
    /// What they are here.
    pub role: String,
    /// Their name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
    /// Argon2id, in PHC form; none before they set a password.
    pub password_hash: Option<String>,
    /// `active` or `disabled`.
    pub status: String,
    /// When they were entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl UserRow {
    /// Their id.
    #[must_use]
    pub const fn user(&self) -> UserId {
        UserId::new(self.id)
    }

    /// For whom they work.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// What they are here.
    ///
    /// # Errors
    /// When the row holds no known role.
    pub fn role(&self) -> Result<Role, StorageError> {
        Ok(self.role.parse()?)
    }

    /// Whether they may log in.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }
}

/// A person to be entered.
#[derive(Clone)]
pub struct NewUser {
    /// Their id.
    pub id: UserId,
    /// For whom they work.
    pub organisation: OrganisationId,
    /// What they are here.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
    /// Argon2id, in PHC form; none when they will set a password by a link.
    pub password_hash: Option<String>,
}

/// Enters a person.
///
/// # Errors
/// A `users_email_unique` constraint when the address is taken.
pub async fn insert(unit: &mut Unit<'_>, new: &NewUser) -> Result<UserRow, StorageError> {
    let row = diesel::insert_into(users::table)
        .values((
            users::id.eq(new.id.uuid()),
            users::organisation_id.eq(new.organisation.uuid()),
            users::role.eq(new.role.as_str()),
            users::name.eq(&new.name),
            users::email.eq(&new.email),
            users::password_hash.eq(new.password_hash.as_deref()),
            users::created_at.eq(unit.now),
        ))
        .returning(UserRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The person with that address, in any case of letters.
///
/// # Errors
/// When the database fails.
pub async fn find_by_email(unit: &mut Unit<'_>, email: &str) -> Result<Option<UserRow>, StorageError> {
    let row = users::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Text>("lower(email)").eq(email.to_lowercase()))
        .select(UserRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The person with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: UserId) -> Result<Option<UserRow>, StorageError> {
    let row = users::table.find(id.uuid()).select(UserRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// The person with that id, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_shared(unit: &mut Unit<'_>, id: UserId) -> Result<Option<UserRow>, StorageError> {
    let row = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .for_share()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Sets a password's hash.
///
/// # Errors
/// When the database fails.
pub async fn set_password_hash(unit: &mut Unit<'_>, id: UserId, hash: &str) -> Result<(), StorageError> {
    diesel::update(users::table.find(id.uuid()))
        .set((users::password_hash.eq(hash), users::version.eq(users::version + 1)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Coordinators and administrators by id, up to `limit` of those after one. Volunteers are listed
/// where they serve.
///
/// # Errors
/// When the database fails.
pub async fn list_staff(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<UserRow>, StorageError> {
    let rows = users::table
        .filter(users::id.gt(after.unwrap_or_default()))
        .filter(users::role.ne(Role::Volunteer.as_str()))
        .order(users::id)
        .limit(limit)
        .select(UserRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Takes an active person's right to log in. `None` when they had it no more.
///
/// # Errors
/// When the database fails.
pub async fn disable(unit: &mut Unit<'_>, id: UserId) -> Result<Option<UserRow>, StorageError> {
    let row = diesel::update(users::table.find(id.uuid()).filter(users::status.eq("active")))
        .set((users::status.eq("disabled"), users::version.eq(users::version + 1)))
        .returning(UserRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Whether anybody real can log in at all.
///
/// # Errors
/// When the database fails.
pub async fn exist(unit: &mut Unit<'_>) -> Result<bool, StorageError> {
    let real = organisations::table.filter(organisations::is_sandbox.eq(false)).select(organisations::id);
    let one: Option<Uuid> = users::table
        .filter(users::organisation_id.eq_any(real))
        .select(users::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(one.is_some())
}
