//! A campaign gets another policy: a new version, by which everything is decided from then on.

use domain::id::{CampaignId, PolicyId};
use domain::policy::Policy;
use domain::refusal::Code;

use super::create_campaign::CampaignWithPolicy;
use super::{Action, Refusal, permission, seen};
use crate::clock;
use crate::storage::events::{self, Event};
use crate::storage::tables::campaigns;
use crate::storage::{StorageError, Unit};

/// Put another policy in force.
#[derive(Clone)]
pub struct SetPolicy {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// The policy.
    pub policy: Policy,
    /// The version that it replaces; whichever is in force when not told.
    pub replaces: Option<i32>,
}

impl Action for SetPolicy {
    type Done = CampaignWithPolicy;

    async fn run(self, unit: &mut Unit<'_>) -> Result<CampaignWithPolicy, Refusal> {
        permission::administrator(&unit.actor)?;
        check_policy(&self.policy)?;
        let old = campaigns::find(unit, self.campaign).await?.ok_or_else(Refusal::not_found)?;
        if self.replaces.is_some_and(|version| version != old.policy_version) {
            let current_version = Some(old.version);
            return Err(Refusal { current_version, ..Code::VersionMismatch.into() });
        }
        let policy = (PolicyId::new(clock::new_id()), &self.policy);
        if !campaigns::replace_policy(unit, self.campaign, old.policy_version, policy).await? {
            return Err(StorageError::Repeat.into());
        }
        let row = campaigns::find(unit, self.campaign).await?.ok_or_else(Refusal::not_found)?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, row.version - 1)?;
        let changed = Event {
            organisation: Some(row.organisation()),
            policy_version: Some(row.policy_version),
            ..Event::about("campaign.policy_changed", "campaign", row.id)
        };
        events::append(unit, &[changed]).await?;
        Ok(CampaignWithPolicy { row, policy: self.policy })
    }
}

/// Refuses a policy by which no campaign could work, and names the field.
pub(super) fn check_policy(policy: &Policy) -> Result<(), Refusal> {
    policy.check().map_err(|error| Refusal::flaw(format!("/policy/{}", error.field), error.to_string()))?;
    let region = policy.phone_region.as_bytes();
    if region.len() == 2 && region.iter().all(u8::is_ascii_uppercase) {
        Ok(())
    } else {
        Err(Refusal::flaw("/policy/phone_region", "two capital letters of ISO 3166-1, such as KZ"))
    }
}
