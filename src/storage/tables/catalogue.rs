//! Items and kits, and what they weigh.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::catalogue::Load;
use domain::id::CampaignId;
use uuid::Uuid;

use super::requests::Thing;
use crate::storage::prepared::Prepare;
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
    let id_of = |thing: &Thing| match thing {
        Thing::Item(item) => item.uuid(),
        Thing::Kit(kit) => kit.uuid(),
    };
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
    let load_of = |thing: &Thing| {
        let row = rows.iter().find(|row| row.id == id_of(thing))?;
        Some(Load {
            grams: u32::try_from(row.weight_g).unwrap_or(u32::MAX),
            millilitres: u32::try_from(row.volume_ml).unwrap_or(u32::MAX),
        })
    };
    Ok(lines.iter().map(|(thing, _)| load_of(thing)).collect())
}
