//! An organisation joins a campaign, and works from then on in all of its areas.

use domain::id::{CampaignId, OrganisationId};
use domain::refusal::Code;

use super::create_campaign::CampaignWithPolicy;
use super::{Action, Refusal, meaning, permission, seen};
use crate::storage::events::{self, Event};
use crate::storage::tables::{areas, campaigns, organisations};
use crate::storage::{StorageError, Unit};

/// Let an organisation take part in a campaign.
#[derive(Clone)]
pub struct JoinCampaign {
    /// The campaign.
    pub campaign: CampaignId,
    /// Who joins.
    pub organisation: OrganisationId,
}

impl Action for JoinCampaign {
    type Done = CampaignWithPolicy;

    async fn run(self, unit: &mut Unit<'_>) -> Result<CampaignWithPolicy, Refusal> {
        permission::administrator(&unit.actor)?;
        let row = campaigns::find_locked(unit, self.campaign).await?.ok_or_else(Refusal::not_found)?;
        seen::compare(unit, row.version)?;
        if organisations::find(unit, self.organisation).await?.is_none() {
            return Err(Refusal::flaw("/organisation_id", "no such organisation"));
        }
        campaigns::add_organisation(unit, self.campaign, self.organisation)
            .await
            .map_err(meaning("campaign_organisations_pkey", || {
                Refusal::because(Code::AlreadyExists, "the organisation takes part already")
            }))?;
        areas::add_organisation(unit, self.campaign, self.organisation).await?;
        let joined = Event {
            organisation: Some(self.organisation),
            ..Event::about("campaign.joined", "campaign", row.id)
        };
        events::append(unit, &[joined]).await?;
        let policy = campaigns::policies_of(unit, std::slice::from_ref(&row)).await?.pop();
        let missing = || StorageError::Impossible("a campaign without a policy".to_owned());
        Ok(CampaignWithPolicy { row, policy: policy.ok_or_else(missing)? })
    }
}
