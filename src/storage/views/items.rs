//! Items as their readers may see them.

use domain::id::ItemId;
use uuid::Uuid;

use super::known;
use crate::storage::tables::items;
pub use crate::storage::tables::items::ItemRow;
use crate::storage::{StorageError, Unit};

/// The item, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: ItemId) -> Result<Option<ItemRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    Ok(items::find(unit, id).await?.filter(|row| within.hold(row.campaign_id)))
}

/// The items that the caller may know of, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ItemRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    items::list(unit, &within, after, limit).await
}
