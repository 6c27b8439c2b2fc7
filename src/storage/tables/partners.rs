//! Partner apps: client credentials with scopes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::actor::Scope;
use domain::id::PartnerId;
use uuid::Uuid;

use super::households::words;
use crate::storage::schema::partners;
use crate::storage::{StorageError, Unit};

/// A partner app as its table keeps it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = partners)]
pub struct PartnerRow {
    /// Its id, which is its client id too.
    pub id: Uuid,
    /// For which organisation it files.
    pub organisation_id: Uuid,
    /// In which campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Option<String>>,
    /// SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
    /// `active` or `revoked`.
    pub status: String,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl PartnerRow {
    /// Whether its credentials are good.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// What it may do.
    ///
    /// # Errors
    /// When the row holds an unknown scope.
    pub fn scopes(&self) -> Result<Vec<Scope>, StorageError> {
        words(&self.scopes)
    }
}

/// The partner with that id, whatever its status.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: PartnerId) -> Result<Option<PartnerRow>, StorageError> {
    let row =
        partners::table.find(id.uuid()).select(PartnerRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}
