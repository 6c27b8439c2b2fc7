//! Organisations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::OrganisationId;
use uuid::Uuid;

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
}

/// An organisation to be entered.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
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
        ))
        .returning(OrganisationRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}
