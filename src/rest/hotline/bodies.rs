//! What is sent and answered when a household calls.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::door::MAX_NOTES;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, HouseholdId, HubId, RequestId};
use domain::life::RequestStatus;
use domain::likeness::Likeness;
use domain::refusal::Code;
use domain::words::{HouseholdCategory, RequestKind, Skill, Transport, Urgency};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::locate_household::Pin;
use crate::actions::register_household::{Consent, RegisterHousehold};
use crate::actions::submit_request::Submitted;
use crate::actions::take_intake::{Alike, TakeIntake, WhoCalls};
use crate::keys::Keys;
use crate::rest::households::{PlaceBody, PositionBody, WrittenAddress, code_of, coordinates, members};
use crate::rest::problem::Problem;
use crate::rest::requests::{LineBody, RequestBody, SubmitRequestBody, WindowBody};
use crate::rest::text;
use crate::storage::rows::RequestRow;

/// Households that an operator can have seen at most.
const MOST_SEEN: usize = 100;

/// What somebody asks for on the telephone: a household that is registered by its `household_id`, or a new one by
/// `area_id`, `consent` and `door`; and the request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeBody {
    /// The household that calls, where the operator knows that it is registered.
    pub household_id: Option<HouseholdId>,
    /// The district in which a new household lives.
    pub area_id: Option<AreaId>,
    /// How many live there; 1 when absent.
    #[schema(minimum = 1, maximum = 100, example = 1)]
    pub members: Option<u32>,
    /// Why it is served; `other` when absent.
    #[serde(default)]
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there, BCP 47, the preferred first.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What a new household agreed to on the telephone.
    pub consent: Option<SpokenConsentBody>,
    /// Where a new household lives and how to reach it, as far as the caller knows.
    pub door: Option<IntakeDoorBody>,
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
    /// The least means of transport.
    pub transport: Option<Transport>,
    /// When help makes sense; from now, for as long as the policy says, when absent.
    pub window: Option<WindowBody>,
    /// What the volunteer should know. Shown with the door only.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Households that were answered as possibly the same, and are others.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirm: Vec<HouseholdId>,
}

/// What a household agreed to on the telephone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpokenConsentBody {
    /// Which text was read out, by its version.
    #[schema(example = "2026-11", max_length = 200)]
    pub text_version: String,
    /// In which language, BCP 47.
    #[schema(example = "kk")]
    pub language: String,
}

/// A door as a caller describes it. Where neither `position` nor a `plus_code` of ten letters tells the place, it
/// is taken to be somewhere in the area.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeDoorBody {
    /// The name to ask for.
    #[schema(example = "Raushan Akhmetova", max_length = 200)]
    pub name: String,
    /// The telephone, in any spelling.
    #[schema(example = "8 701 000 00 01", max_length = 50)]
    pub phone: String,
    /// Street or microdistrict.
    #[schema(max_length = 200)]
    pub street: Option<String>,
    /// House number.
    #[schema(max_length = 50)]
    pub house: Option<String>,
    /// Entrance.
    #[schema(max_length = 50)]
    pub entrance: Option<String>,
    /// Floor.
    #[schema(max_length = 50)]
    pub floor: Option<String>,
    /// Flat.
    #[schema(max_length = 50)]
    pub flat: Option<String>,
    /// Code of the intercom.
    #[schema(max_length = 50)]
    pub intercom: Option<String>,
    /// What to look for nearby.
    #[schema(max_length = 200, example = "behind the bakery on Saina")]
    pub landmark: Option<String>,
    /// A Plus code, whole or short for one near the middle of the area.
    #[schema(max_length = 50, example = "6VXQ+MX Almaty")]
    pub plus_code: Option<String>,
    /// The place by coordinates, where they are known. It comes before the Plus code.
    pub position: Option<PositionBody>,
    /// What a volunteer should know at the door.
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}

impl IntakeBody {
    /// The intake as the action takes it.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn check(self, keys: &Arc<Keys>) -> Result<TakeIntake, Problem> {
        text::few(&self.confirm, MOST_SEEN, "/confirm")?;
        let who = match (self.household_id, &self.door) {
            (Some(household), None) => WhoCalls::Known(household),
            (None, Some(door)) => WhoCalls::New(Box::new(self.caller(door)?)),
            (None, None) | (Some(_), Some(_)) => {
                let detail = "exactly one of household_id and door";
                return Err(Problem::field(Code::InvalidValue, "/household_id", detail));
            }
        };
        let request = SubmitRequestBody {
            // Whose it is is told by `who`.
            household_id: "ext:".to_owned(),
            external_id: None,
            kind: self.kind,
            urgency: self.urgency,
            lines: self.lines,
            hub_id: self.hub_id,
            skills: self.skills,
            languages: None,
            transport: self.transport,
            window: self.window,
            note: self.note,
        };
        Ok(TakeIntake { who, request: request.check(keys)?, seen: self.confirm })
    }

    fn caller(&self, door: &IntakeDoorBody) -> Result<RegisterHousehold, Problem> {
        let missing = |pointer| Problem::field(Code::InvalidValue, pointer, "required of a new household");
        let members = members(self.members.unwrap_or(1))?;
        text::few(&self.categories, HouseholdCategory::WORDS.len(), "/categories")?;
        let mut categories = self.categories.clone();
        categories.sort_unstable();
        categories.dedup();
        if categories.is_empty() {
            categories.push(HouseholdCategory::Other);
        }
        Ok(RegisterHousehold {
            area: self.area_id.ok_or_else(|| missing("/area_id"))?,
            external_id: None,
            members,
            categories,
            languages: text::languages(&self.languages, "/languages")?,
            consent: self.consent.as_ref().ok_or_else(|| missing("/consent"))?.check()?,
            name: text::name(&door.name, "/door/name")?,
            phone: Some(text::required(&door.phone, text::SHORT, "/door/phone")?),
            address: door.address().check()?,
            place: door.pin()?,
            notes: text::optional(door.notes.as_deref(), MAX_NOTES, "/door/notes")?,
        })
    }
}

impl SpokenConsentBody {
    fn check(&self) -> Result<Consent, Problem> {
        Ok(Consent {
            text_version: text::name(&self.text_version, "/consent/text_version")?,
            language: text::language(&self.language, "/consent/language")?,
            channel: "hotline",
            given_at: None,
        })
    }
}

impl IntakeDoorBody {
    fn pin(&self) -> Result<Option<Pin>, Problem> {
        match (self.position, &self.plus_code) {
            (Some(position), _) => coordinates(position, "/door/position").map(Some),
            (None, Some(code)) => code_of(code, "/door/plus_code").map(Some),
            (None, None) => Ok(None),
        }
    }

    fn address(&self) -> WrittenAddress<'_> {
        WrittenAddress {
            street: self.street.as_deref(),
            house: self.house.as_deref(),
            entrance: self.entrance.as_deref(),
            floor: self.floor.as_deref(),
            flat: self.flat.as_deref(),
            intercom: self.intercom.as_deref(),
            landmark: self.landmark.as_deref(),
            plus_code: self.plus_code.as_deref(),
        }
    }
}

/// What became of an intake: a request that was filed, or households that may be the one that calls.
#[derive(Serialize, ToSchema)]
pub struct IntakeResultBody {
    /// The request that was filed; absent when nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestBody>,
    /// The phrase that the household says at a hand-over. Shown this once: tell it to the household.
    /// Absent in a replay, and where nothing is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "042917")]
    pub phrase: Option<String>,
    /// Households that may be the one that calls, those with the same telephone first. Empty when it was filed.
    pub alike: Vec<AlikeBody>,
}

/// A household that may be the one that calls, without its door: see `readHouseholdDoor`.
#[derive(Serialize, ToSchema)]
pub struct AlikeBody {
    /// Its id.
    pub household_id: HouseholdId,
    /// The area that serves it.
    pub area_id: AreaId,
    /// By what it is like the one that calls.
    pub likenesses: Vec<Likeness>,
    /// Where it is in its life.
    #[schema(value_type = HouseholdStatus)]
    pub status: String,
    /// How many live there.
    pub members: i32,
    /// Where it is seen by everyone without the right to the door.
    pub coarse_point: PlaceBody,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// What it waits for.
    pub requests: Vec<WaitingBody>,
}

/// What a household waits for already.
#[derive(Serialize, ToSchema)]
pub struct WaitingBody {
    /// The request.
    pub id: RequestId,
    /// What is asked for.
    #[schema(value_type = RequestKind)]
    pub kind: String,
    /// Where it is in its life.
    #[schema(value_type = RequestStatus)]
    pub status: String,
    /// How soon.
    #[schema(value_type = Urgency)]
    pub urgency: String,
    /// When it was filed.
    pub created_at: DateTime<Utc>,
}

impl IntakeResultBody {
    /// A request that was filed.
    #[must_use]
    pub fn of_filed(submitted: &Submitted) -> Self {
        let request = RequestBody::new(&submitted.request.row, &submitted.request.lines);
        Self { request: Some(request), phrase: submitted.phrase.clone(), alike: Vec::new() }
    }

    /// Households that are to be looked at first.
    #[must_use]
    pub fn of_likely(alike: &[Alike]) -> Self {
        Self { request: None, phrase: None, alike: alike.iter().map(AlikeBody::from).collect() }
    }
}

impl From<&Alike> for AlikeBody {
    fn from(alike: &Alike) -> Self {
        let row = &alike.household;
        Self {
            household_id: row.household(),
            area_id: row.area(),
            likenesses: alike.likenesses.clone(),
            status: row.status.clone(),
            members: row.members,
            coarse_point: PlaceBody { lat: row.coarse_lat, lon: row.coarse_lon },
            created_at: row.created_at,
            requests: alike.requests.iter().map(WaitingBody::from).collect(),
        }
    }
}

impl From<&RequestRow> for WaitingBody {
    fn from(row: &RequestRow) -> Self {
        Self {
            id: row.request(),
            kind: row.kind.clone(),
            status: row.status.clone(),
            urgency: row.urgency.clone(),
            created_at: row.created_at,
        }
    }
}
