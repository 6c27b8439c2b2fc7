//! Kits: fixed sets of items in a campaign's catalogue.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{CampaignId, ItemId, KitId, OrganisationId};
use uuid::Uuid;

use super::campaigns::Campaigns;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{items, kit_items, kits};
use crate::storage::{StorageError, Unit};

/// A kit as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = kits)]
pub struct KitRow {
    /// Its id.
    pub id: Uuid,
    /// Who leads its campaign.
    pub organisation_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

/// One line of a kit, with what one of its item weighs.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct KitLineRow {
    /// The kit.
    pub kit_id: Uuid,
    /// The item.
    pub item_id: Uuid,
    /// How many.
    pub quantity: i32,
    /// What one weighs, in grams.
    pub weight_g: i32,
    /// How much room one takes, in millilitres.
    pub volume_ml: i32,
}

/// A kit to be entered.
#[derive(Debug, Clone)]
pub struct NewKit {
    /// Its id.
    pub id: KitId,
    /// Who leads its campaign.
    pub organisation: OrganisationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Which items, and how many of each; no item twice.
    pub lines: Vec<(ItemId, u32)>,
}

/// Enters a kit.
///
/// # Errors
/// A `kits_name_unique` constraint when the campaign has one of that name.
pub async fn insert(unit: &mut Unit<'_>, new: &NewKit) -> Result<KitRow, StorageError> {
    let row = diesel::insert_into(kits::table)
        .values((
            kits::id.eq(new.id.uuid()),
            kits::organisation_id.eq(new.organisation.uuid()),
            kits::campaign_id.eq(new.campaign.uuid()),
            kits::name.eq(&new.name),
            kits::created_at.eq(unit.now),
        ))
        .returning(KitRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    let lines: Vec<_> = new
        .lines
        .iter()
        .map(|(item, quantity)| {
            (
                kit_items::campaign_id.eq(new.campaign.uuid()),
                kit_items::kit_id.eq(new.id.uuid()),
                kit_items::item_id.eq(item.uuid()),
                kit_items::quantity.eq(i32::try_from(*quantity).unwrap_or(i32::MAX)),
            )
        })
        .collect();
    diesel::insert_into(kit_items::table).values(lines).execute(unit.conn).await?;
    Ok(row)
}

/// The kit with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: KitId) -> Result<Option<KitRow>, StorageError> {
    let row = kits::table.find(id.uuid()).select(KitRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// Kits by id within these campaigns, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    within: &Campaigns,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<KitRow>, StorageError> {
    let mut query = kits::table
        .filter(kits::id.gt(after.unwrap_or_default()))
        .order(kits::id)
        .limit(limit)
        .select(KitRow::as_select())
        .into_boxed();
    if let Campaigns::Only(ids) = within {
        query = query.filter(kits::campaign_id.eq_any(ids.clone()));
    }
    Ok(query.load(unit.conn).await?)
}

/// What these kits hold.
///
/// # Errors
/// When the database fails.
pub async fn lines_of(unit: &mut Unit<'_>, kits: &[KitRow]) -> Result<Vec<KitLineRow>, StorageError> {
    let ids: Vec<Uuid> = kits.iter().map(|kit| kit.id).collect();
    let lines = kit_items::table
        .filter(kit_items::kit_id.eq_any(ids))
        .inner_join(items::table.on(items::id.eq(kit_items::item_id)))
        .order((kit_items::kit_id, kit_items::item_id))
        .select((
            kit_items::kit_id,
            kit_items::item_id,
            kit_items::quantity,
            items::weight_g,
            items::volume_ml,
        ))
        .load(unit.conn)
        .await?;
    Ok(lines)
}
