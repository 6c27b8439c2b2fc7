//! What is sent and answered about requests.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::catalogue::{MAX_LINES, MAX_QUANTITY};
use domain::id::{
    AreaId, CampaignId, HouseholdId, HubId, ItemId, KitId, OrganisationId, RequestId, VolunteerId,
};
use domain::life::{Hold, RequestStatus};
use domain::refusal::Code;
use domain::words::{RequestKind, Skill, Transport, Urgency};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::submit_request::{HouseholdRef, SubmitRequest, Submitted};
use crate::keys::Keys;
use crate::rest::households::PlaceBody;
use crate::rest::problem::{Problem, ProblemBody};
use crate::rest::text;
use crate::storage::rows::{RequestRow, Thing};

/// A request to be filed.
#[derive(Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequestBody {
    /// The household: its id, or `ext:` and your own name for it.
    #[schema(example = "hh_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub household_id: String,
    /// Your own name for the request, unique for ever among yours.
    #[schema(max_length = 200)]
    pub external_id: Option<String>,
    /// What is asked for.
    pub kind: RequestKind,
    /// How soon; normal when absent.
    pub urgency: Option<Urgency>,
    /// What is needed, for deliveries and collections.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub lines: Vec<LineBody>,
    /// Where the goods are picked up, where that is fixed.
    pub hub_id: Option<HubId>,
    /// What the volunteer must be able to do.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// One of these must be spoken; the household's languages when absent.
    pub languages: Option<Vec<String>>,
    /// The least means of transport.
    pub transport: Option<Transport>,
    /// When help makes sense; from now, for as long as the policy says, when absent.
    pub window: Option<WindowBody>,
    /// What the volunteer should know. Shown with the door only.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// An item or a kit, and how many: exactly one of the two ids.
#[derive(Deserialize, Serialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// An item of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<ItemId>,
    /// A kit of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit_id: Option<KitId>,
    /// How many.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub quantity: u32,
}

/// From when until when.
#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct WindowBody {
    /// From when.
    pub start_at: DateTime<Utc>,
    /// Until when.
    pub end_at: DateTime<Utc>,
}

impl SubmitRequestBody {
    /// The request as the action takes it.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn check(self, keys: &Arc<Keys>) -> Result<SubmitRequest, Problem> {
        let household = match self.household_id.strip_prefix("ext:") {
            Some(external) => HouseholdRef::External(external.to_owned()),
            None => HouseholdRef::Id(self.household_id.parse().map_err(|_| {
                Problem::field(
                    Code::InvalidValue,
                    "/household_id",
                    "hh_ and 26 letters, or ext: and your own name",
                )
            })?),
        };
        if self.lines.len() > MAX_LINES {
            return Err(Problem::field(Code::InvalidValue, "/lines", format!("at most {MAX_LINES} lines")));
        }
        let lines = (0..).zip(&self.lines).map(line).collect::<Result<_, _>>()?;
        text::few(&self.skills, Skill::WORDS.len(), "/skills")?;
        let mut skills = self.skills;
        skills.sort_unstable();
        skills.dedup();
        Ok(SubmitRequest {
            household,
            external_id: text::optional(self.external_id.as_deref(), text::NAME, "/external_id")?,
            kind: self.kind,
            urgency: self.urgency.unwrap_or(Urgency::Normal),
            lines,
            hub: self.hub_id,
            skills,
            languages: self.languages.map(|tags| text::languages(&tags, "/languages")).transpose()?,
            transport: self.transport,
            window: self.window.map(|window| (window.start_at, window.end_at)),
            note: text::optional(self.note.as_deref(), domain::door::MAX_NOTES, "/note")?,
            keys: Arc::clone(keys),
        })
    }
}

fn line((place, line): (usize, &LineBody)) -> Result<(Thing, u32), Problem> {
    let thing = match (line.item_id, line.kit_id) {
        (Some(item), None) => Thing::Item(item),
        (None, Some(kit)) => Thing::Kit(kit),
        (None, None) | (Some(_), Some(_)) => {
            let pointer = format!("/lines/{place}");
            return Err(Problem::field(Code::InvalidValue, pointer, "exactly one of item_id and kit_id"));
        }
    };
    if !(1..=MAX_QUANTITY).contains(&line.quantity) {
        let pointer = format!("/lines/{place}/quantity");
        return Err(Problem::field(Code::InvalidValue, pointer, format!("1 to {MAX_QUANTITY}")));
    }
    Ok((thing, line.quantity))
}

/// A request.
#[derive(Serialize, ToSchema, Clone)]
pub struct RequestBody {
    /// Its id.
    pub id: RequestId,
    /// Who owns it.
    pub organisation_id: OrganisationId,
    /// The campaign that serves it.
    pub campaign_id: CampaignId,
    /// The area that serves it.
    pub area_id: AreaId,
    /// Whose need it is.
    pub household_id: HouseholdId,
    /// The partner's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What is asked for.
    #[schema(value_type = RequestKind)]
    pub kind: String,
    /// Where it is in its life.
    #[schema(value_type = RequestStatus)]
    pub status: String,
    /// Why it waits for a coordinator, while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Hold>)]
    pub hold: Option<String>,
    /// Whether somebody still has the goods of an earlier attempt.
    pub goods_out: bool,
    /// How soon.
    #[schema(value_type = Urgency)]
    pub urgency: String,
    /// What is needed.
    pub lines: Vec<LineBody>,
    /// What it weighs.
    #[schema(example = 7.5)]
    pub weight_kg: f64,
    /// How much room it takes, in litres.
    #[schema(example = 12.0)]
    pub volume_l: f64,
    /// Where the goods are picked up, where that is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_id: Option<HubId>,
    /// What the volunteer must be able to do.
    #[schema(value_type = Vec<Skill>)]
    pub skills: Vec<String>,
    /// One of these must be spoken.
    pub languages: Vec<String>,
    /// The least means of transport.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Transport>)]
    pub transport: Option<String>,
    /// The household's coarse point.
    pub coarse_point: PlaceBody,
    /// When help makes sense.
    pub window: WindowBody,
    /// Failed attempts.
    pub failures: i32,
    /// When a coordinator was told that nobody came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<DateTime<Utc>>,
    /// When it was fulfilled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fulfilled_at: Option<DateTime<Utc>>,
    /// When the household confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was filed.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, by the real time: also in a sandbox, so that `updated_since` tells every change.
    pub updated_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl RequestBody {
    /// A request as it is shown.
    #[must_use]
    pub fn new(row: &RequestRow, lines: &[(Thing, u32)]) -> Self {
        Self {
            id: row.request(),
            organisation_id: OrganisationId::new(row.organisation_id),
            campaign_id: CampaignId::new(row.campaign_id),
            area_id: AreaId::new(row.area_id),
            household_id: HouseholdId::new(row.household_id),
            external_id: row.external_id.clone(),
            kind: row.kind.clone(),
            status: row.status.clone(),
            hold: row.hold.clone(),
            goods_out: row.goods_out,
            urgency: row.urgency.clone(),
            lines: lines.iter().map(LineBody::from).collect(),
            weight_kg: thousandths(row.weight_g),
            volume_l: thousandths(row.volume_ml),
            hub_id: row.hub_id.map(HubId::new),
            skills: row.skills.iter().flatten().cloned().collect(),
            languages: row.languages.iter().flatten().cloned().collect(),
            transport: row.transport.clone(),
            coarse_point: PlaceBody { lat: row.coarse_lat, lon: row.coarse_lon },
            window: WindowBody { start_at: row.window_start, end_at: row.window_end },
            failures: row.failures,
            escalated_at: row.escalated_at,
            fulfilled_at: row.fulfilled_at,
            acknowledged_at: row.acknowledged_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl From<&(Thing, u32)> for LineBody {
    fn from((thing, quantity): &(Thing, u32)) -> Self {
        let (item_id, kit_id) = match thing {
            Thing::Item(item) => (Some(*item), None),
            Thing::Kit(kit) => (None, Some(*kit)),
        };
        Self { item_id, kit_id, quantity: *quantity }
    }
}

/// Grams as kilograms, millilitres as litres.
#[must_use]
pub fn thousandths(small: i64) -> f64 {
    // Below 2^53 a float holds every integer; nobody orders nine million tonnes.
    #[expect(clippy::cast_precision_loss, reason = "amounts stay far below 2^53")]
    let small = small as f64;
    small / 1000.0
}

/// A request that was filed, with the household's phrase.
#[derive(Serialize, ToSchema)]
pub struct SubmittedBody {
    /// The request.
    #[serde(flatten)]
    pub request: RequestBody,
    /// The phrase that the household says at a hand-over. Shown this once: tell it to the household.
    /// Absent in a replay, and where nothing is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "042917")]
    pub phrase: Option<String>,
}

impl From<&Submitted> for SubmittedBody {
    fn from(submitted: &Submitted) -> Self {
        let request = RequestBody::new(&submitted.request.row, &submitted.request.lines);
        Self { request, phrase: submitted.phrase.clone() }
    }
}

/// Another phrase of a request.
#[derive(Serialize, ToSchema)]
pub struct PhraseBody {
    /// The request.
    pub id: RequestId,
    /// The phrase that the household says at a hand-over. Shown this once: tell it to the household.
    /// Absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "042917")]
    pub phrase: Option<String>,
}

/// To whom a request is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignBody {
    /// The volunteer.
    pub volunteer_id: VolunteerId,
}

/// Requests to be filed together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// Up to 500 requests. Give each an `external_id`: it makes sending the whole again harmless.
    #[schema(max_items = 500, value_type = Vec<SubmitRequestBody>)]
    pub requests: Vec<serde_json::Value>,
}

/// What became of each, in the order sent.
#[derive(Serialize, ToSchema)]
pub struct BulkResultBody {
    /// One verdict each.
    pub results: Vec<BulkItemBody>,
}

/// What became of one: its request, or why not.
#[derive(Serialize, ToSchema)]
pub struct BulkItemBody {
    /// The HTTP status that it would have had alone.
    pub status: u16,
    /// The request that was filed; without its phrase where it had been filed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SubmittedBody>)]
    pub request: Option<Box<serde_json::value::RawValue>>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}
