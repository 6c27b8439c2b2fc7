//! Items and kits, and what they weigh.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::catalogue::Load;
use domain::id::{CampaignId, HouseholdId, ItemId, KitId};
use uuid::Uuid;

use super::requests::Thing;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{items, kits};
use crate::storage::{StorageError, Unit};

#[derive(QueryableByName)]
struct LoadRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    weight_g: i64,
    #[diesel(sql_type = BigInt)]
    volume_ml: i64,
}

/// What one of each thing weighs, in the order asked; `None` for what is not in that campaign's catalogue.
///
/// # Errors
/// When the database fails.
pub async fn loads(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    lines: &[(Thing, u32)],
) -> Result<Vec<Option<Load>>, StorageError> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = lines.iter().map(|(thing, _)| id_of(thing)).collect();
    let rows: Vec<LoadRow> = diesel::sql_query(
        "SELECT id, weight_g::bigint, volume_ml::bigint FROM items WHERE campaign_id = $1 AND id = ANY($2) \
         UNION ALL \
         SELECT k.kit_id AS id, sum(i.weight_g::bigint * k.quantity)::bigint, sum(i.volume_ml::bigint * k.quantity)::bigint \
         FROM kit_items k JOIN items i ON i.id = k.item_id \
         WHERE k.campaign_id = $1 AND k.kit_id = ANY($2) GROUP BY k.kit_id",
    )
    .bind::<SqlUuid, _>(campaign.uuid())
    .bind::<Array<SqlUuid>, _>(ids).prepared()
    .load(unit.conn)
    .await?;
    Ok(lines.iter().map(|(thing, _)| load_of(&rows, thing)).collect())
}

/// What one of each thing weighs in the catalogue of that household's campaign, read beside other statements.
pub(in crate::storage) async fn ask_loads(
    mut conn: &AsyncPgConnection,
    household: HouseholdId,
    things: &[Thing],
) -> Result<Vec<Option<Load>>, StorageError> {
    if things.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = things.iter().map(id_of).collect();
    let rows: Vec<LoadRow> = diesel::sql_query(
        "SELECT i.id, i.weight_g::bigint, i.volume_ml::bigint \
         FROM households h JOIN areas a ON a.id = h.area_id JOIN items i ON i.campaign_id = a.campaign_id \
         WHERE h.id = $1 AND i.id = ANY($2) \
         UNION ALL \
         SELECT k.kit_id AS id, sum(i.weight_g::bigint * k.quantity)::bigint, sum(i.volume_ml::bigint * k.quantity)::bigint \
         FROM households h JOIN areas a ON a.id = h.area_id JOIN kit_items k ON k.campaign_id = a.campaign_id \
         JOIN items i ON i.id = k.item_id \
         WHERE h.id = $1 AND k.kit_id = ANY($2) GROUP BY k.kit_id",
    )
    .bind::<SqlUuid, _>(household.uuid())
    .bind::<Array<SqlUuid>, _>(ids).prepared()
    .load(&mut conn)
    .await?;
    Ok(things.iter().map(|thing| load_of(&rows, thing)).collect())
}

const fn id_of(thing: &Thing) -> Uuid {
    match thing {
        Thing::Item(item) => item.uuid(),
        Thing::Kit(kit) => kit.uuid(),
    }
}

fn load_of(rows: &[LoadRow], thing: &Thing) -> Option<Load> {
    let row = rows.iter().find(|row| row.id == id_of(thing))?;
    Some(Load {
        grams: u32::try_from(row.weight_g).unwrap_or(u32::MAX),
        millilitres: u32::try_from(row.volume_ml).unwrap_or(u32::MAX),
    })
}

/// Everything that can be asked for in these campaigns, by name.
///
/// # Errors
/// When the database fails.
pub async fn names(
    unit: &mut Unit<'_>,
    campaigns: &[CampaignId],
) -> Result<Vec<(CampaignId, String, Thing)>, StorageError> {
    let ids: Vec<Uuid> = campaigns.iter().map(|campaign| campaign.uuid()).collect();
    let of_items: Vec<(Uuid, String, Uuid)> = items::table
        .filter(items::campaign_id.eq_any(&ids))
        .select((items::campaign_id, items::name, items::id))
        .load(unit.conn)
        .await?;
    let of_kits: Vec<(Uuid, String, Uuid)> = kits::table
        .filter(kits::campaign_id.eq_any(&ids))
        .select((kits::campaign_id, kits::name, kits::id))
        .load(unit.conn)
        .await?;
    let item = |(campaign, name, id)| (CampaignId::new(campaign), name, Thing::Item(ItemId::new(id)));
    let kit = |(campaign, name, id)| (CampaignId::new(campaign), name, Thing::Kit(KitId::new(id)));
    Ok(of_items.into_iter().map(item).chain(of_kits.into_iter().map(kit)).collect())
}
