//! What is sent and answered about claims.

use chrono::{DateTime, Utc};
use domain::id::{ClaimId, DeliveryId, HouseholdId, RequestId, VolunteerId};
use domain::life::{CallOutcome, ClaimSource, ClaimStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::rows::ClaimRow;

/// A claim.
#[derive(Serialize, ToSchema)]
pub struct ClaimBody {
    /// Its id.
    pub id: ClaimId,
    /// The request.
    pub request_id: RequestId,
    /// Whose door it leads to.
    pub household_id: HouseholdId,
    /// Who holds it.
    pub volunteer_id: VolunteerId,
    /// Its delivery, where goods change hands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// How it came about.
    #[schema(value_type = ClaimSource)]
    pub source: String,
    /// Where it is.
    #[schema(value_type = ClaimStatus)]
    pub status: String,
    /// Its fencing number: send it with every act under this claim.
    pub fence: i64,
    /// When it lapses, unless there is progress.
    pub lease_until: DateTime<Utc>,
    /// When it was made.
    pub claimed_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The version of the policy by which it was made.
    pub policy_version: i32,
}

impl ClaimBody {
    /// A claim as it is shown.
    #[must_use]
    pub fn new(row: &ClaimRow, delivery: Option<DeliveryId>) -> Self {
        Self {
            id: ClaimId::new(row.id),
            request_id: RequestId::new(row.request_id),
            household_id: HouseholdId::new(row.household_id),
            volunteer_id: VolunteerId::new(row.volunteer_id),
            delivery_id: delivery,
            source: row.source.clone(),
            status: row.status.clone(),
            fence: row.fence,
            lease_until: row.lease_until,
            claimed_at: row.claimed_at,
            ended_at: row.ended_at,
            policy_version: row.policy_version,
        }
    }
}

/// The fencing number, in the query.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FenceParams {
    /// The claim's fencing number.
    pub fence: i64,
}

/// Gives a claim back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// The claim's fencing number.
    pub fence: Option<i64>,
    /// Why, in your own words. No names or addresses.
    #[schema(max_length = 500, example = "fell ill")]
    pub reason: Option<String>,
}

impl ReleaseBody {
    /// The reason, where one was given.
    ///
    /// # Errors
    /// When it is too long, or holds control characters.
    pub fn reason(&self) -> Result<Option<String>, Problem> {
        text::optional(self.reason.as_deref(), text::REASON, "/reason")
    }
}

/// Concludes a call or a welfare check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeBody {
    /// The claim's fencing number.
    pub fence: Option<i64>,
    /// How it went.
    pub outcome: CallOutcome,
}
