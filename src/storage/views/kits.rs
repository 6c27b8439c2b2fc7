//! Kits and what they hold, as their readers may see them.

use domain::id::KitId;
use uuid::Uuid;

use super::known;
use crate::storage::tables::kits;
pub use crate::storage::tables::kits::{KitLineRow, KitRow};
use crate::storage::{StorageError, Unit};

/// The kit and its lines, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(
    unit: &mut Unit<'_>,
    id: KitId,
) -> Result<Option<(KitRow, Vec<KitLineRow>)>, StorageError> {
    let within = known::campaigns(unit).await?;
    let Some(row) = kits::find(unit, id).await?.filter(|row| within.hold(row.campaign_id)) else {
        return Ok(None);
    };
    let lines = kits::lines_of(unit, std::slice::from_ref(&row)).await?;
    Ok(Some((row, lines)))
}

/// The kits that the caller may know of, up to `limit` of those after one, each with its lines.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(KitRow, Vec<KitLineRow>)>, StorageError> {
    let within = known::campaigns(unit).await?;
    let rows = kits::list(unit, &within, after, limit).await?;
    let lines = kits::lines_of(unit, &rows).await?;
    let lines_of = |kit: Uuid| lines.iter().filter(|line| line.kit_id == kit).copied().collect();
    Ok(rows.into_iter().map(|row| (row.clone(), lines_of(row.id))).collect())
}
