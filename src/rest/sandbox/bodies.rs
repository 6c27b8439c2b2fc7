//! What is sent and answered about sandboxes.

use chrono::{DateTime, Utc};
use domain::id::{CampaignId, OrganisationId};
use domain::refusal::Code;
use domain::sandbox::Advance;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::advance_clock::SandboxTime;
use crate::rest::problem::Problem;

/// How far time is advanced: exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClockBody {
    /// By so many seconds; 2678400, which is 31 days, at most.
    #[schema(example = 7200, minimum = 1, maximum = 2_678_400)]
    pub advance_s: Option<i64>,
    /// Until that moment of the sandbox's time, at most 31 days later.
    pub advance_to: Option<DateTime<Utc>>,
}

impl TryFrom<AdvanceClockBody> for Advance {
    type Error = Problem;

    fn try_from(body: AdvanceClockBody) -> Result<Self, Problem> {
        match (body.advance_s, body.advance_to) {
            (Some(seconds), None) => Ok(Self::By(seconds)),
            (None, Some(moment)) => Ok(Self::To(moment)),
            (None, None) | (Some(_), Some(_)) => {
                Err(Problem::field(Code::InvalidValue, "/advance_s", "send either advance_s or advance_to"))
            }
        }
    }
}

/// A sandbox, and what time it is there.
#[derive(Serialize, ToSchema)]
pub struct SandboxBody {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// Its campaign's name.
    #[schema(example = "Together through the winter (sandbox)")]
    pub name: String,
    /// What its clock showed when this was answered. It goes on as any other does.
    pub now: DateTime<Utc>,
    /// How many seconds it is ahead of the real time.
    #[schema(example = 7200, minimum = 0)]
    pub clock_offset_s: i64,
}

impl From<&SandboxTime> for SandboxBody {
    fn from(found: &SandboxTime) -> Self {
        Self {
            campaign_id: found.row.campaign(),
            organisation_id: found.row.organisation(),
            name: found.row.name.clone(),
            now: found.now,
            clock_offset_s: found.row.clock_offset_s,
        }
    }
}
