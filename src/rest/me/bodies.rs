//! What is sent and answered about oneself.

use chrono::{DateTime, Utc};
use domain::actor::{ActorKind, Role, Scope};
use domain::id::{CampaignId, DeliveryId, OrganisationId};
use domain::life::DeliveryStatus;
use domain::matching::Duty;
use domain::refusal::Code;
use domain::volunteer::WeeklySlot;
use domain::words::Transport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::set_availability::{MAX_SLOTS, SetAvailability};
use crate::rest::claims::ClaimBody;
use crate::rest::households::{PlaceBody, PositionBody};
use crate::rest::patch::given;
use crate::rest::problem::Problem;
use crate::rest::requests::RequestBody;
use crate::rest::text;
use crate::rest::volunteers::{self, VolunteerBody};
use crate::storage::rows::Edit;
use crate::storage::views::me::Profile;
use crate::storage::views::own_claims::OwnClaim;

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub struct MeBody {
    /// What the caller is.
    pub kind: ActorKind,
    /// Their id: a user's, a volunteer's or a partner's.
    #[schema(example = "usr_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub id: String,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// A person's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// A person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A person's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A partner app's campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<CampaignId>,
    /// A partner app's scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
    /// What is known of a volunteer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volunteer: Option<OwnVolunteerBody>,
}

/// A volunteer, as they see themselves.
#[derive(Serialize, ToSchema)]
pub struct OwnVolunteerBody {
    /// What their coordinators see too.
    #[serde(flatten)]
    pub volunteer: VolunteerBody,
    /// Where they usually set out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<PlaceBody>,
    /// When in the week offers are welcome; at any time when empty.
    pub availability: Vec<SlotBody>,
    /// Since when you agree that partner apps of your organisation tell where you are; absent when you do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trackers_agreed_at: Option<DateTime<Utc>>,
}

impl OwnVolunteerBody {
    /// A volunteer with what only they see.
    #[must_use]
    pub fn new(volunteer: VolunteerBody, profile: &Profile) -> Self {
        Self {
            volunteer,
            base: profile.base.map(|base| PlaceBody { lat: base.lat(), lon: base.lon() }),
            availability: profile.slots.iter().copied().map(SlotBody::from).collect(),
            trackers_agreed_at: profile.trackers_agreed_at,
        }
    }
}

/// A stretch of the local week, in minutes since Monday 00:00.
#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct SlotBody {
    /// The first minute.
    #[schema(minimum = 0, maximum = 10079, example = 1080)]
    pub start_minute: u16,
    /// The minute before which it ends.
    #[schema(minimum = 1, maximum = 10080, example = 1260)]
    pub end_minute: u16,
}

impl From<WeeklySlot> for SlotBody {
    fn from(slot: WeeklySlot) -> Self {
        Self { start_minute: slot.start(), end_minute: slot.end() }
    }
}

/// Corrects what a volunteer may say of themselves: what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMeBody {
    /// How you get about.
    #[serde(default, deserialize_with = "given")]
    pub transport: Option<Transport>,
    /// What you can carry.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 0, maximum = 2000)]
    pub capacity_kg: Option<f64>,
    /// How much room you have, in litres.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 0, maximum = 20000)]
    pub capacity_l: Option<f64>,
    /// What you speak, BCP 47; all of it, the best first.
    #[serde(default, deserialize_with = "given")]
    pub languages: Option<Vec<String>>,
    /// How far you go.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 100, maximum = 200000)]
    pub radius_m: Option<u32>,
    /// Where you usually set out from; null forgets it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PositionBody>)]
    pub base: Option<Option<PositionBody>>,
    /// Whether partner apps of your organisation may tell where you are. Nobody may until you say so.
    #[serde(default, deserialize_with = "given")]
    pub agrees_to_trackers: Option<bool>,
}

impl TryFrom<EditMeBody> for Edit {
    type Error = Problem;

    fn try_from(body: EditMeBody) -> Result<Self, Problem> {
        let place = |base: Option<PositionBody>| base.map(|base| base.position("/base")).transpose();
        Ok(Self {
            transport: body.transport,
            capacity_g: body.capacity_kg.map(volunteers::grams).transpose()?,
            capacity_ml: body.capacity_l.map(volunteers::millilitres).transpose()?,
            languages: body.languages.map(|tags| text::languages(&tags, "/languages")).transpose()?,
            radius_m: body.radius_m.map(volunteers::radius).transpose()?,
            base: body.base.map(place).transpose()?,
            agrees_to_trackers: body.agrees_to_trackers,
            ..Self::default()
        })
    }
}

/// On duty or off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyBody {
    /// Whether offers are welcome.
    pub on: bool,
    /// Until when, at most 24 hours ahead; 12 hours when absent. Not with `on: false`.
    pub until: Option<DateTime<Utc>>,
}

impl TryFrom<DutyBody> for Duty {
    type Error = Problem;

    fn try_from(body: DutyBody) -> Result<Self, Problem> {
        match (body.on, body.until) {
            (true, until) => Ok(Self::On { until }),
            (false, None) => Ok(Self::Off),
            (false, Some(_)) => Err(Problem::field(Code::InvalidValue, "/until", "only with on: true")),
        }
    }
}

/// When in the week offers are welcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityBody {
    /// Stretches of the local week; at any time when empty. One over Sunday midnight is two.
    #[schema(max_items = 50)]
    pub slots: Vec<SlotBody>,
}

impl TryFrom<AvailabilityBody> for SetAvailability {
    type Error = Problem;

    fn try_from(body: AvailabilityBody) -> Result<Self, Problem> {
        if body.slots.len() > MAX_SLOTS {
            return Err(Problem::field(Code::InvalidValue, "/slots", format!("at most {MAX_SLOTS}")));
        }
        let slot = |(place, slot): (usize, &SlotBody)| {
            WeeklySlot::new(slot.start_minute, slot.end_minute).map_err(|error| {
                Problem::field(Code::InvalidValue, format!("/slots/{place}"), error.to_string())
            })
        };
        Ok(Self { slots: body.slots.iter().enumerate().map(slot).collect::<Result<_, _>>()? })
    }
}

/// What a volunteer holds.
#[derive(Serialize, ToSchema)]
pub struct OwnClaimBody {
    /// The claim.
    #[serde(flatten)]
    pub claim: ClaimBody,
    /// Where its delivery is, where goods change hands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DeliveryStatus>)]
    pub delivery_status: Option<String>,
    /// What was claimed.
    pub request: RequestBody,
}

impl From<&OwnClaim> for OwnClaimBody {
    fn from(own: &OwnClaim) -> Self {
        let delivery = own.delivery.as_ref();
        Self {
            claim: ClaimBody::new(&own.claim, delivery.map(|delivery| DeliveryId::new(delivery.id))),
            delivery_status: delivery.map(|delivery| delivery.status.clone()),
            request: RequestBody::new(&own.request, &own.lines),
        }
    }
}
