//! Campaigns, who takes part in them, and their policies.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
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

#[derive(QueryableByName)]
struct Shared {
    #[diesel(sql_type = Bool)]
    shared: bool,
}

/// Whether two organisations take part in one campaign, or are the same.
///
/// # Errors
/// When the database fails.
pub async fn share_one(
    unit: &mut Unit<'_>,
    one: OrganisationId,
    other: OrganisationId,
) -> Result<bool, StorageError> {
    let found: Shared = diesel::sql_query(
        "SELECT $1 = $2 OR EXISTS (SELECT FROM campaign_organisations a JOIN campaign_organisations b \
         ON b.campaign_id = a.campaign_id WHERE a.organisation_id = $1 AND b.organisation_id = $2) AS shared",
    )
    .bind::<SqlUuid, _>(one.uuid())
    .bind::<SqlUuid, _>(other.uuid())
    .get_result(unit.conn)
    .await?;
    Ok(found.shared)
}
