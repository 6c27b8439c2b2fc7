//! What is sent and answered about households.

use chrono::{DateTime, Utc};
use domain::door::{Exactness, MAX_NOTES};
use domain::id::{AreaId, HouseholdId, OrganisationId};
use domain::place::{CoarsePoint, Position};
use domain::refusal::Code;
use domain::words::HouseholdCategory;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address::WrittenAddress;
use crate::actions::locate_household::Pin;
use crate::actions::read_door::OpenDoor;
use crate::actions::register_household::{Consent, RegisterHousehold};
use crate::rest::problem::Problem;
use crate::rest::{text, times};
use crate::storage::rows::HouseholdRow;

/// The most people of one household.
pub const MEMBERS: u32 = 100;

/// The least exact position that tells anything, in metres.
pub const INEXACT_M: f64 = 100_000.0;

/// A household to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterHouseholdBody {
    /// The area that serves it; the door must lie inside.
    pub area_id: AreaId,
    /// Your own name for it, unique for ever among yours.
    #[schema(example = "crm-4711", max_length = 200)]
    pub external_id: Option<String>,
    /// How many live there.
    #[schema(minimum = 1, maximum = 100, example = 1)]
    pub members: u32,
    /// Why it is served.
    #[schema(example = json!(["elderly_alone"]))]
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there, BCP 47, the preferred first.
    #[schema(example = json!(["kk", "ru"]))]
    #[serde(default)]
    pub languages: Vec<String>,
    /// What it agreed to.
    pub consent: ConsentBody,
    /// Where it lives and how to reach it.
    pub door: DoorBody,
}

/// What a household agreed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentBody {
    /// Which text, by its version.
    #[schema(example = "2026-11", max_length = 200)]
    pub text_version: String,
    /// In which language, BCP 47.
    #[schema(example = "kk")]
    pub language: String,
    /// By which channel.
    pub channel: ConsentChannelBody,
    /// When; now when absent.
    pub given_at: Option<DateTime<Utc>>,
}

/// By which channel a household agreed.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum ConsentChannelBody {
    /// In a partner's app.
    PartnerApp,
    /// On the telephone.
    Hotline,
    /// On paper.
    Paper,
    /// In person.
    InPerson,
}

/// A door.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoorBody {
    /// The name to ask for.
    #[schema(example = "Raushan Akhmetova", max_length = 200)]
    pub name: String,
    /// The telephone, in any spelling; answered in E.164.
    #[schema(example = "+77010000001")]
    pub phone: Option<String>,
    /// Street or microdistrict.
    #[schema(example = "Abay Avenue", max_length = 200)]
    pub street: Option<String>,
    /// House number.
    #[schema(example = "150/230", max_length = 50)]
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
    #[schema(max_length = 200)]
    pub landmark: Option<String>,
    /// Open Location Code.
    #[schema(max_length = 50)]
    pub plus_code: Option<String>,
    /// The exact place.
    pub position: PositionBody,
    /// What a volunteer should know at the door.
    #[schema(max_length = 1000)]
    pub notes: Option<String>,
}

/// A place, WGS 84.
#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct PositionBody {
    /// Degrees north of the equator.
    #[schema(minimum = -90.0, maximum = 90.0, example = 43.238949)]
    pub lat: f64,
    /// Degrees east of Greenwich.
    #[schema(minimum = -180.0, maximum = 180.0, example = 76.889709)]
    pub lon: f64,
    /// How exact, in metres, where the device tells.
    #[schema(minimum = 0.0, example = 12.0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
}

impl PositionBody {
    /// The place as the domain knows it.
    ///
    /// # Errors
    /// Names the coordinate that is off the globe.
    pub fn position(self, pointer: &str) -> Result<Position, Problem> {
        Position::new(self.lat, self.lon).map_err(|error| {
            let field = match error.coordinate {
                domain::place::Coordinate::Latitude => "lat",
                domain::place::Coordinate::Longitude => "lon",
            };
            Problem::field(Code::InvalidValue, format!("{pointer}/{field}"), error.to_string())
        })
    }

    /// How exact, where that is told and makes sense.
    ///
    /// # Errors
    /// When it is negative or no number.
    pub fn accuracy(self, pointer: &str) -> Result<Option<f64>, Problem> {
        match self.accuracy_m {
            Some(metres) if !(0.0..=INEXACT_M).contains(&metres) => {
                let detail = format!("0 to {INEXACT_M} metres");
                Err(Problem::field(Code::InvalidValue, format!("{pointer}/accuracy_m"), detail))
            }
            accuracy => Ok(accuracy),
        }
    }
}

/// How many live there.
///
/// # Errors
/// When nobody does, or too many.
pub fn members(members: u32) -> Result<u32, Problem> {
    if (1..=MEMBERS).contains(&members) {
        return Ok(members);
    }
    Err(Problem::field(Code::InvalidValue, "/members", format!("1 to {MEMBERS}")))
}

impl TryFrom<RegisterHouseholdBody> for RegisterHousehold {
    type Error = Problem;

    fn try_from(body: RegisterHouseholdBody) -> Result<Self, Problem> {
        let members = members(body.members)?;
        text::few(&body.categories, HouseholdCategory::WORDS.len(), "/categories")?;
        let mut categories = body.categories;
        categories.sort_unstable();
        categories.dedup();
        if categories.is_empty() {
            return Err(Problem::field(Code::InvalidValue, "/categories", "at least one"));
        }
        let door = body.door;
        let position = door.position.position("/door/position")?;
        Ok(Self {
            area: body.area_id,
            external_id: text::optional(body.external_id.as_deref(), text::NAME, "/external_id")?,
            members,
            categories,
            languages: text::languages(&body.languages, "/languages")?,
            consent: body.consent.check()?,
            name: text::name(&door.name, "/door/name")?,
            phone: text::optional(door.phone.as_deref(), text::SHORT, "/door/phone")?,
            place: Some(Pin::Coordinates(position, door.position.accuracy("/door/position")?)),
            address: door.address().check()?,
            notes: text::optional(door.notes.as_deref(), MAX_NOTES, "/door/notes")?,
        })
    }
}

impl ConsentBody {
    fn check(self) -> Result<Consent, Problem> {
        Ok(Consent {
            text_version: text::name(&self.text_version, "/consent/text_version")?,
            language: text::language(&self.language, "/consent/language")?,
            channel: match self.channel {
                ConsentChannelBody::PartnerApp => "partner_app",
                ConsentChannelBody::Hotline => "hotline",
                ConsentChannelBody::Paper => "paper",
                ConsentChannelBody::InPerson => "in_person",
            },
            given_at: self.given_at.map(|at| times::field(at, "/consent/given_at")).transpose()?,
        })
    }
}

impl DoorBody {
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

/// A household, without its door.
#[derive(Serialize, ToSchema)]
pub struct HouseholdBody {
    /// Its id.
    pub id: HouseholdId,
    /// Who owns it.
    pub organisation_id: OrganisationId,
    /// The area that serves it.
    pub area_id: AreaId,
    /// The partner's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Where it is in its life.
    #[schema(value_type = domain::household::HouseholdStatus)]
    pub status: String,
    /// Why, where a coordinator said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// How many live there.
    pub members: i32,
    /// Why it is served.
    #[schema(value_type = Vec<HouseholdCategory>)]
    pub categories: Vec<String>,
    /// What is spoken there, the preferred first.
    pub languages: Vec<String>,
    /// Where it is seen by everyone without the right to the door; never changed.
    pub coarse_point: PlaceBody,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When everything private of it was erased; its numbers stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<DateTime<Utc>>,
    /// Grows with each change.
    pub version: i32,
}

/// A point, WGS 84.
#[derive(Serialize, ToSchema, Clone)]
pub struct PlaceBody {
    /// Degrees north of the equator.
    pub lat: f64,
    /// Degrees east of Greenwich.
    pub lon: f64,
}

impl From<CoarsePoint> for PlaceBody {
    fn from(point: CoarsePoint) -> Self {
        Self { lat: point.position().lat(), lon: point.position().lon() }
    }
}

impl From<&HouseholdRow> for HouseholdBody {
    fn from(row: &HouseholdRow) -> Self {
        Self {
            id: row.household(),
            organisation_id: row.organisation(),
            area_id: row.area(),
            external_id: row.external_id.clone(),
            status: row.status.clone(),
            status_reason: row.status_reason.clone(),
            members: row.members,
            categories: row.categories.iter().flatten().cloned().collect(),
            languages: row.languages(),
            coarse_point: PlaceBody { lat: row.coarse_lat, lon: row.coarse_lon },
            created_at: row.created_at,
            updated_at: row.updated_at,
            erased_at: row.erased_at,
            version: row.version,
        }
    }
}

/// Why something is done.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, in your own words. No names or addresses.
    #[schema(max_length = 500, example = "moved away")]
    pub reason: Option<String>,
}

impl ReasonBody {
    /// The reason, where one was given.
    ///
    /// # Errors
    /// When it is too long, or holds control characters.
    pub fn reason(&self) -> Result<Option<String>, Problem> {
        text::optional(self.reason.as_deref(), text::REASON, "/reason")
    }
}

/// A door that the caller may read, and for how long.
#[derive(Serialize, ToSchema)]
pub struct OpenDoorBody {
    /// Whose.
    pub household_id: HouseholdId,
    /// The door.
    pub door: DoorBody,
    /// Whether `position` is but the middle of the district, because nobody knows the door's own place yet.
    pub is_approximate: bool,
    /// What the volunteer should know of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Until when it may be read; absent for those who own it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readable_until: Option<DateTime<Utc>>,
}

impl From<&OpenDoor> for OpenDoorBody {
    fn from(open: &OpenDoor) -> Self {
        let (door, address) = (&open.door, open.door.address.clone());
        Self {
            household_id: open.household,
            door: DoorBody {
                name: door.name.clone(),
                phone: door.phone.as_ref().map(|phone| phone.disclose().to_owned()),
                street: address.street,
                house: address.house,
                entrance: address.entrance,
                floor: address.floor,
                flat: address.flat,
                intercom: address.intercom,
                landmark: address.landmark,
                plus_code: address.plus_code,
                position: PositionBody {
                    lat: door.position.lat(),
                    lon: door.position.lon(),
                    accuracy_m: door.accuracy_m,
                },
                notes: door.notes.clone(),
            },
            is_approximate: door.exactness == Exactness::Approximate,
            note: open.note.clone(),
            readable_until: open.until,
        }
    }
}
