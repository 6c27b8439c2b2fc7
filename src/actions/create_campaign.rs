//! A campaign begins: one organisation leads it, and its first policy is in force.

use chrono::NaiveDate;
use domain::id::{CampaignId, OrganisationId, PolicyId};
use domain::policy::Policy;
use domain::refusal::Code;
use domain::sandbox::Reality;

use super::set_policy::check_policy;
use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::campaigns::{self, CampaignRow, NewCampaign};
use crate::storage::tables::organisations;

/// Enter a campaign.
#[derive(Clone)]
pub struct CreateCampaign {
    /// Who leads it.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// How it matches and proves.
    pub policy: Policy,
}

/// A campaign and the policy in force.
#[derive(Clone)]
pub struct CampaignWithPolicy {
    /// The campaign.
    pub row: CampaignRow,
    /// Its policy.
    pub policy: Policy,
}

impl Action for CreateCampaign {
    type Done = CampaignWithPolicy;

    async fn run(self, unit: &mut Unit<'_>) -> Result<CampaignWithPolicy, Refusal> {
        permission::administrator(&unit.actor)?;
        check_policy(&self.policy)?;
        if self.starts_on.zip(self.ends_on).is_some_and(|(first, last)| last < first) {
            return Err(Refusal::flaw("/ends_on", "not before starts_on"));
        }
        let Some(lead) = organisations::find(unit, self.organisation).await? else {
            return Err(Refusal::flaw("/organisation_id", "no such organisation"));
        };
        let new = NewCampaign {
            id: CampaignId::new(clock::new_id()),
            organisation: self.organisation,
            name: self.name,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            reality: Reality::from(lead.is_sandbox),
        };
        let policy = (PolicyId::new(clock::new_id()), &self.policy);
        let row =
            campaigns::insert(unit, &new, policy).await.map_err(meaning("campaigns_name_unique", || {
                Refusal::because(
                    Code::AlreadyExists,
                    "the organisation leads a campaign of this name already",
                )
            }))?;
        let created = Event {
            organisation: Some(self.organisation),
            policy_version: Some(row.policy_version),
            ..Event::about("campaign.created", "campaign", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(CampaignWithPolicy { row, policy: self.policy })
    }
}
