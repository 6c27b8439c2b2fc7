//! Hubs as their readers may see them: everybody of a campaign sees all of its hubs.

use domain::id::HubId;
use uuid::Uuid;

use super::known;
use crate::storage::tables::hubs;
pub use crate::storage::tables::hubs::HubRow;
use crate::storage::{StorageError, Unit};

/// The hub, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: HubId) -> Result<Option<HubRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    let found = hubs::find(unit, id).await?;
    Ok(found.filter(|(_, campaign)| within.hold(*campaign)).map(|(row, _)| row))
}

/// The hubs that the caller may know of, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(unit: &mut Unit<'_>, after: Option<Uuid>, limit: i64) -> Result<Vec<HubRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    hubs::list(unit, &within, after, limit).await
}
