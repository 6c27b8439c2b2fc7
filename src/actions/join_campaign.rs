//! An organisation joins a campaign, and works from then on in all of its areas.

use domain::id::{CampaignId, OrganisationId};
use domain::refusal::Code;
use domain::sandbox::Reality;

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
        let Some(joining) = organisations::find(unit, self.organisation).await? else {
            return Err(Refusal::flaw("/organisation_id", "no such organisation"));
        };
        if row.is_sandbox || joining.is_sandbox {
            return Err(Refusal::flaw(
                "/organisation_id",
                "a sandbox is by itself: nobody joins it, and it joins nobody",
            ));
        }
        campaigns::add_organisation(unit, (self.campaign, Reality::Real), self.organisation).await.map_err(
            meaning("campaign_organisations_pkey", || {
                Refusal::because(Code::AlreadyExists, "the organisation takes part already")
            }),
        )?;
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
