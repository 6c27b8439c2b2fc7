//! Items: one unit of a thing in a campaign's catalogue.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::catalogue::Load;
use domain::id::{CampaignId, ItemId, OrganisationId};
use uuid::Uuid;

use super::campaigns::Campaigns;
use crate::storage::prepared::Prepare;
use crate::storage::schema::items;
use crate::storage::{StorageError, Unit};

/// An item as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = items)]
pub struct ItemRow {
    /// Its id.
    pub id: Uuid,
    /// Who leads its campaign.
    pub organisation_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub name: String,
    /// What one of it is.
    pub unit: String,
    /// What one weighs, in grams.
    pub weight_g: i32,
    /// How much room one takes, in millilitres.
    pub volume_ml: i32,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

/// An item to be entered.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Its id.
    pub id: ItemId,
    /// Who leads its campaign.
    pub organisation: OrganisationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// What one of it is.
    pub unit: String,
    /// What one weighs.
    pub load: Load,
}

/// Enters an item.
///
/// # Errors
/// An `items_name_unique` constraint when the campaign has one of that name.
pub async fn insert(unit: &mut Unit<'_>, new: &NewItem) -> Result<ItemRow, StorageError> {
    let row = diesel::insert_into(items::table)
        .values((
            items::id.eq(new.id.uuid()),
            items::organisation_id.eq(new.organisation.uuid()),
            items::campaign_id.eq(new.campaign.uuid()),
            items::name.eq(&new.name),
            items::unit.eq(&new.unit),
            items::weight_g.eq(i32::try_from(new.load.grams).unwrap_or(i32::MAX)),
            items::volume_ml.eq(i32::try_from(new.load.millilitres).unwrap_or(i32::MAX)),
            items::created_at.eq(unit.now),
        ))
        .returning(ItemRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The item with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: ItemId) -> Result<Option<ItemRow>, StorageError> {
    let row = items::table.find(id.uuid()).select(ItemRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// Items by id within these campaigns, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    within: &Campaigns,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ItemRow>, StorageError> {
    let mut query = items::table
        .filter(items::id.gt(after.unwrap_or_default()))
        .order(items::id)
        .limit(limit)
        .select(ItemRow::as_select())
        .into_boxed();
    if let Campaigns::Only(ids) = within {
        query = query.filter(items::campaign_id.eq_any(ids.clone()));
    }
    Ok(query.load(unit.conn).await?)
}
