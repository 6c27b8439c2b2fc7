//! Partner apps: client credentials with scopes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::actor::Scope;
use domain::id::{CampaignId, OrganisationId, PartnerId};
use uuid::Uuid;

use super::households::{array, words};
use crate::storage::prepared::Prepare;
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
    /// Its id.
    #[must_use]
    pub const fn partner(&self) -> PartnerId {
        PartnerId::new(self.id)
    }

    /// For which organisation it files.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

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

/// A partner app to be entered.
#[derive(Clone)]
pub struct NewPartner {
    /// Its id.
    pub id: PartnerId,
    /// For which organisation it files.
    pub organisation: OrganisationId,
    /// In which campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
}

/// Enters a partner app.
///
/// # Errors
/// A `partners_member_fk` constraint when that organisation does not take part in that campaign.
pub async fn insert(unit: &mut Unit<'_>, new: &NewPartner) -> Result<PartnerRow, StorageError> {
    let row = diesel::insert_into(partners::table)
        .values((
            partners::id.eq(new.id.uuid()),
            partners::organisation_id.eq(new.organisation.uuid()),
            partners::campaign_id.eq(new.campaign.uuid()),
            partners::name.eq(&new.name),
            partners::scopes.eq(array(&new.scopes)),
            partners::secret_hash.eq(&new.secret_hash),
            partners::created_at.eq(unit.now),
        ))
        .returning(PartnerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// Partner apps by id, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PartnerRow>, StorageError> {
    let rows = partners::table
        .filter(partners::id.gt(after.unwrap_or_default()))
        .order(partners::id)
        .limit(limit)
        .select(PartnerRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Ends an active partner app's credentials. `None` when they had ended.
///
/// # Errors
/// When the database fails.
pub async fn revoke(unit: &mut Unit<'_>, id: PartnerId) -> Result<Option<PartnerRow>, StorageError> {
    let row = diesel::update(partners::table.find(id.uuid()).filter(partners::status.eq("active")))
        .set((partners::status.eq("revoked"), partners::version.eq(partners::version + 1)))
        .returning(PartnerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Gives an active partner app another secret; the old one is good no more. `None` when it is not active.
///
/// # Errors
/// When the database fails.
pub async fn replace_secret(
    unit: &mut Unit<'_>,
    id: PartnerId,
    secret_hash: &[u8],
) -> Result<Option<PartnerRow>, StorageError> {
    let row = diesel::update(partners::table.find(id.uuid()).filter(partners::status.eq("active")))
        .set((partners::secret_hash.eq(secret_hash), partners::version.eq(partners::version + 1)))
        .returning(PartnerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}
