//! Campaigns, who takes part in them, and their policies.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{CampaignId, OrganisationId};
use uuid::Uuid;

use crate::storage::schema::campaign_organisations;
use crate::storage::{StorageError, Unit};

/// Whether an organisation takes part in a campaign.
///
/// # Errors
/// When the database fails.
pub async fn takes_part(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    organisation: OrganisationId,
) -> Result<bool, StorageError> {
    let found: Option<Uuid> = campaign_organisations::table
        .find((campaign.uuid(), organisation.uuid()))
        .select(campaign_organisations::campaign_id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}
