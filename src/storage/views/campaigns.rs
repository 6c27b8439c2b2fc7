//! Campaigns with the policies in force, as their readers may see them.

use domain::id::CampaignId;
use domain::policy::Policy;
use uuid::Uuid;

use super::known;
use crate::storage::tables::campaigns;
pub use crate::storage::tables::campaigns::CampaignRow;
use crate::storage::{StorageError, Unit};

/// The campaign and its policy, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(
    unit: &mut Unit<'_>,
    id: CampaignId,
) -> Result<Option<(CampaignRow, Policy)>, StorageError> {
    let within = known::campaigns(unit).await?;
    let Some(row) = campaigns::find(unit, id).await?.filter(|row| within.hold(row.id)) else {
        return Ok(None);
    };
    let policy = campaigns::policies_of(unit, std::slice::from_ref(&row)).await?.pop();
    Ok(policy.map(|policy| (row, policy)))
}

/// The campaigns that the caller may know of, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(CampaignRow, Policy)>, StorageError> {
    let within = known::campaigns(unit).await?;
    let rows = campaigns::list(unit, &within, after, limit).await?;
    let policies = campaigns::policies_of(unit, &rows).await?;
    Ok(rows.into_iter().zip(policies).collect())
}
