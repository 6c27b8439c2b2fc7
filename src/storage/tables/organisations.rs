//! Organisations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::OrganisationId;
use domain::sandbox::Reality;
use domain::session::AuthenticatorRule;
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::organisations;
use crate::storage::{StorageError, Unit};

/// An organisation as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct OrganisationRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
    /// Whether nobody in it is real.
    pub is_sandbox: bool,
    /// Whether its coordinators and administrators may work without an authenticator.
    pub staff_authenticator: String,
}

impl OrganisationRow {
    /// Its id.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.id)
    }
}

/// An organisation to be entered.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Whether its people are real.
    pub reality: Reality,
}

/// Enters an organisation.
///
/// # Errors
/// An `organisations_name_unique` constraint when the name is taken.
pub async fn insert(unit: &mut Unit<'_>, new: &NewOrganisation) -> Result<OrganisationRow, StorageError> {
    let row = diesel::insert_into(organisations::table)
        .values((
            organisations::id.eq(new.id.uuid()),
            organisations::name.eq(&new.name),
            organisations::created_at.eq(unit.now),
            organisations::is_sandbox.eq(new.reality.is_sandbox()),
        ))
        .returning(OrganisationRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The organisation with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: OrganisationId) -> Result<Option<OrganisationRow>, StorageError> {
    let row = organisations::table
        .find(id.uuid())
        .select(OrganisationRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Whether an organisation's coordinators and administrators may work without an authenticator.
///
/// # Errors
/// When the database fails.
pub async fn authenticator_rule(
    unit: &mut Unit<'_>,
    id: OrganisationId,
) -> Result<AuthenticatorRule, StorageError> {
    let rule: String = organisations::table
        .find(id.uuid())
        .select(organisations::staff_authenticator)
        .first(unit.conn)
        .await?;
    Ok(rule.parse()?)
}

/// Sets that. `None` when there is no such organisation.
///
/// # Errors
/// When the database fails.
pub async fn set_authenticator_rule(
    unit: &mut Unit<'_>,
    id: OrganisationId,
    rule: AuthenticatorRule,
) -> Result<Option<OrganisationRow>, StorageError> {
    let row = diesel::update(organisations::table.find(id.uuid()))
        .set((
            organisations::staff_authenticator.eq(rule.as_str()),
            organisations::version.eq(organisations::version + 1),
        ))
        .returning(OrganisationRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Organisations by id, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrganisationRow>, StorageError> {
    let rows = organisations::table
        .filter(organisations::id.gt(after.unwrap_or_default()))
        .order(organisations::id)
        .limit(limit)
        .select(OrganisationRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}
