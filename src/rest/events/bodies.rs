//! An event as it is told: ids and words, never anything private, and no more than its reader may know.

use chrono::{DateTime, Utc};
use domain::actor::ActorKind;
use domain::event::{EventKind, Family, Sight};
use domain::id::{
    AreaId, CallId, CampaignId, ClaimId, DeliveryId, EventId, HouseholdId, HubId, InvitationId, ItemId,
    KitId, OfferId, OrganisationId, PartnerId, PlanId, RequestId, UserId, VolunteerId, WebhookId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::read_events::Seen;
use crate::storage::views::feed::FeedRow;

/// Something that happened. Thin on purpose: it names what changed; ask for that to see how it is now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventBody {
    /// Its id. The same event has it wherever it is told.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = EventKind)]
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub object: ObjectBody,
    /// Who owns that; absent where the deployment does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_id: Option<AreaId>,
    /// The request that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// The volunteer that it concerns; partner apps are not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volunteer_id: Option<VolunteerId>,
    /// Who did it.
    pub actor: EventActorBody,
    /// Why, where that is one of the system's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lease_over")]
    pub reason: Option<String>,
    /// The version of the campaign's policy by which it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<i32>,
    /// The changes of status that it made.
    pub changes: Vec<ChangeBody>,
}

/// An event as it is pushed to a webhook endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookPayloadBody {
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = EventKind)]
    pub kind: String,
    /// When it happened. When it was sent is told by the header `webhook-timestamp`.
    pub timestamp: DateTime<Utc>,
    /// The event, as `listEvents` shows it.
    pub data: EventBody,
}

/// A thing, by its kind and its id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectBody {
    /// The kind of thing.
    #[serde(rename = "type")]
    #[schema(value_type = Family)]
    pub kind: String,
    /// Its id.
    #[schema(example = "req_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub id: String,
}

/// Somebody who acted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventActorBody {
    /// As what.
    #[serde(rename = "type")]
    #[schema(value_type = ActorKind)]
    pub kind: String,
    /// Who, for readers who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "usr_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub id: Option<String>,
}

/// One change of status.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChangeBody {
    /// What changed, such as `request`, `claim`, `delivery`, `household` or `volunteer`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The status before; absent when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The status after.
    pub to: String,
}

impl EventBody {
    /// An event as its reader may see it.
    #[must_use]
    pub fn new(seen: &Seen) -> Self {
        let (row, sight) = (&*seen.row, seen.sight);
        Self {
            id: EventId::new(row.id),
            kind: row.kind.clone(),
            at: row.at,
            object: ObjectBody {
                kind: row.subject_kind.clone(),
                id: on_the_wire(&row.subject_kind, row.subject_id),
            },
            organisation_id: row.organisation_id.map(OrganisationId::new),
            area_id: row.area_id.map(AreaId::new),
            request_id: row.request_id.map(RequestId::new),
            volunteer_id: row.volunteer_id.filter(|_| sight != Sight::WithoutPeople).map(VolunteerId::new),
            actor: actor(row, sight),
            reason: row.reason.clone().filter(|reason| is_a_word(reason)),
            policy_version: row.policy_version,
            changes: changes(row, sight),
        }
    }
}

/// An event as it is pushed: the bytes that are signed and sent.
#[must_use]
pub fn payload(seen: &Seen) -> Vec<u8> {
    let data = EventBody::new(seen);
    let body = WebhookPayloadBody { kind: data.kind.clone(), timestamp: data.at, data };
    // Plain strings and numbers; nothing in them can fail to serialise.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn actor(row: &FeedRow, sight: Sight) -> EventActorBody {
    let may_know = match sight {
        Sight::Whole => true,
        Sight::OwnPart => row.actor_kind == ActorKind::Volunteer.as_str(),
        Sight::WithoutPeople => row.actor_kind == ActorKind::Partner.as_str(),
    };
    let id = row.actor_id.filter(|_| may_know).and_then(|id| match row.actor_kind.parse() {
        Ok(ActorKind::Administrator | ActorKind::Coordinator) => Some(UserId::new(id).to_string()),
        Ok(ActorKind::Volunteer) => Some(VolunteerId::new(id).to_string()),
        Ok(ActorKind::Partner) => Some(PartnerId::new(id).to_string()),
        Ok(ActorKind::System | ActorKind::Nobody) | Err(_) => None,
    });
    EventActorBody { kind: row.actor_kind.clone(), id }
}

fn changes(row: &FeedRow, sight: Sight) -> Vec<ChangeBody> {
    let all: Vec<ChangeBody> = serde_json::from_value(row.changes.clone()).unwrap_or_default();
    let is_told = |change: &ChangeBody| match sight {
        Sight::Whole | Sight::OwnPart => true,
        Sight::WithoutPeople => {
            matches!(change.object.as_str(), "request" | "household" | "delivery" | "webhook")
        }
    };
    all.into_iter().filter(is_told).collect()
}

/// What people wrote as a reason may hold anything, so only the system's own words are told.
fn is_a_word(reason: &str) -> bool {
    reason.len() <= 64 && reason.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
}

fn on_the_wire(kind: &str, id: Uuid) -> String {
    match kind.parse() {
        Ok(Family::Area) => AreaId::new(id).to_string(),
        Ok(Family::Call) => CallId::new(id).to_string(),
        Ok(Family::Campaign) => CampaignId::new(id).to_string(),
        Ok(Family::Claim) => ClaimId::new(id).to_string(),
        Ok(Family::Delivery) => DeliveryId::new(id).to_string(),
        Ok(Family::Household) => HouseholdId::new(id).to_string(),
        Ok(Family::Hub) => HubId::new(id).to_string(),
        Ok(Family::Invitation) => InvitationId::new(id).to_string(),
        Ok(Family::Item) => ItemId::new(id).to_string(),
        Ok(Family::Kit) => KitId::new(id).to_string(),
        Ok(Family::Offer) => OfferId::new(id).to_string(),
        Ok(Family::Organisation) => OrganisationId::new(id).to_string(),
        Ok(Family::Partner) => PartnerId::new(id).to_string(),
        Ok(Family::Plan) => PlanId::new(id).to_string(),
        Ok(Family::Request) => RequestId::new(id).to_string(),
        Ok(Family::Sandbox) => CampaignId::new(id).to_string(),
        Ok(Family::User) => UserId::new(id).to_string(),
        Ok(Family::Volunteer) => VolunteerId::new(id).to_string(),
        Ok(Family::Webhook) => WebhookId::new(id).to_string(),
        Err(_) => id.to_string(),
    }
}
