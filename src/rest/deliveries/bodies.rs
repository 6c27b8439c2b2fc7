//! What is sent and answered about deliveries.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::{ClaimId, DeliveryId, RequestId, VolunteerId};
use domain::life::{DeliveryStatus, FailureOutcome, HandOver};
use domain::proof::ProofKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::complete_delivery::CompleteDelivery;
use crate::keys::Keys;
use crate::rest::households::PositionBody;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::deliveries::SeenDelivery;

/// A delivery.
#[derive(Serialize, ToSchema)]
pub struct DeliveryBody {
    /// Its id.
    pub id: DeliveryId,
    /// The request.
    pub request_id: RequestId,
    /// The claim it is made under.
    pub claim_id: ClaimId,
    /// Who makes it.
    pub volunteer_id: VolunteerId,
    /// Where it is.
    #[schema(value_type = DeliveryStatus)]
    pub status: String,
    /// How it went, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "left_at_door")]
    pub outcome: Option<String>,
    /// What proved it, once it is completed.
    pub proofs: Vec<ProofKind>,
    /// Whether a photo is kept.
    pub has_photo: bool,
    /// When the goods were picked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When the volunteer was at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&SeenDelivery> for DeliveryBody {
    fn from(seen: &SeenDelivery) -> Self {
        let row = &seen.row;
        Self {
            id: DeliveryId::new(row.id),
            request_id: RequestId::new(row.request_id),
            claim_id: ClaimId::new(row.claim_id),
            volunteer_id: VolunteerId::new(seen.claim.volunteer_id),
            status: row.status.clone(),
            outcome: row.outcome.clone(),
            proofs: seen.proofs.clone(),
            has_photo: seen.has_photo,
            picked_up_at: row.picked_up_at,
            arrived_at: row.arrived_at,
            ended_at: row.ended_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Progress under a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressBody {
    /// The claim's fencing number.
    #[schema(example = 1)]
    pub fence: Option<i64>,
}

/// Completes a delivery.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteDeliveryBody {
    /// The claim's fencing number; a coordinator may leave it out.
    #[schema(example = 1)]
    pub fence: Option<i64>,
    /// How the goods reached the household.
    pub outcome: HandOver,
    /// The phrase that the household said; proves `handed_over`.
    #[schema(example = "042917", max_length = 20)]
    pub phrase: Option<String>,
    /// Where you are; proves `left_at_door` when it is near enough, as a photo does.
    pub position: Option<PositionBody>,
}

impl CompleteDeliveryBody {
    /// The completion as the action takes it.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn check(self, delivery: DeliveryId, keys: &Arc<Keys>) -> Result<CompleteDelivery, Problem> {
        Ok(CompleteDelivery {
            delivery,
            outcome: self.outcome,
            fence: self.fence,
            phrase: text::optional(self.phrase.as_deref(), 20, "/phrase")?,
            position: self.position.map(|place| place.position("/position")).transpose()?,
            keys: Arc::clone(keys),
        })
    }
}

/// Gives a delivery up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailDeliveryBody {
    /// The claim's fencing number.
    #[schema(example = 1)]
    pub fence: Option<i64>,
    /// Why it could not be made.
    pub outcome: FailureOutcome,
    /// More, in your own words. No names or addresses.
    #[schema(max_length = 500, example = "no bell, nobody came out")]
    pub reason: Option<String>,
}
