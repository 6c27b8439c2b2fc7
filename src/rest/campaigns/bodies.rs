//! What is sent and answered about campaigns.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{CampaignId, OrganisationId};
use domain::policy::Policy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::create_campaign::CreateCampaign;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::campaigns::CampaignRow;

/// A campaign to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCampaignBody {
    /// The organisation that leads it.
    pub organisation_id: OrganisationId,
    /// Its name, unlike that of any other campaign of that organisation.
    #[schema(example = "Winter 2026", min_length = 1, max_length = 200)]
    pub name: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// How it matches and proves; the defaults when absent.
    #[serde(default)]
    pub policy: Policy,
}

impl TryFrom<CreateCampaignBody> for CreateCampaign {
    type Error = Problem;

    fn try_from(body: CreateCampaignBody) -> Result<Self, Problem> {
        Ok(Self {
            organisation: body.organisation_id,
            name: text::name(&body.name, "/name")?,
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            policy: body.policy,
        })
    }
}

/// An organisation that joins a campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinCampaignBody {
    /// Who joins.
    pub organisation_id: OrganisationId,
}

/// A policy to be put in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPolicyBody {
    /// The whole policy; fields left out take the defaults.
    pub policy: Policy,
    /// The version that you have read: with it, a policy that somebody else has put in force since is
    /// not overwritten (412).
    pub policy_version: Option<i32>,
}

/// A campaign with the policy in force.
#[derive(Serialize, ToSchema)]
pub struct CampaignBody {
    /// Its id.
    pub id: CampaignId,
    /// The organisation that leads it.
    pub organisation_id: OrganisationId,
    /// Its name.
    #[schema(example = "Winter 2026")]
    pub name: String,
    /// Its first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    /// How it matches and proves.
    pub policy: Policy,
    /// Which version of its policy that is.
    pub policy_version: i32,
    /// Whether it is a sandbox's: nobody in it is real, and its time can be advanced.
    pub is_sandbox: bool,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl CampaignBody {
    /// A campaign as it is shown.
    #[must_use]
    pub fn new(row: &CampaignRow, policy: &Policy) -> Self {
        Self {
            id: row.campaign(),
            organisation_id: row.organisation(),
            name: row.name.clone(),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            policy: policy.clone(),
            policy_version: row.policy_version,
            is_sandbox: row.is_sandbox,
            created_at: row.created_at,
            version: row.version,
        }
    }
}
