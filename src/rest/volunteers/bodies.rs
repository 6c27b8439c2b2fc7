//! What is sent and answered about volunteers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::{AreaId, HouseholdId, OrganisationId, VolunteerId};
use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;
use domain::words::{Skill, Transport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::abilities::{self, Claimed};
use crate::actions::add_volunteer::{AddVolunteer, Added};
use crate::actions::register_volunteer::RegisterVolunteer;
use crate::keys::Keys;
use crate::rest::households::PositionBody;
use crate::rest::patch::given;
use crate::rest::problem::Problem;
use crate::rest::requests::thousandths;
use crate::rest::text;
use crate::storage::rows::Edit;
use crate::storage::rows::VolunteerRow;
use crate::storage::views::volunteers::SeenVolunteer;

/// The most claims that anybody may be let hold.
const MOST_CLAIMS: u32 = 10_000;

/// Registers as a volunteer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterVolunteerBody {
    /// The invitation's code, in any case, with spaces or hyphens or without.
    #[schema(example = "K7QP-2M4X", max_length = 100)]
    pub invitation_code: String,
    /// Your name.
    #[schema(example = "Dana Omarova", max_length = 200)]
    pub name: String,
    /// Your e-mail address; you log in with it.
    #[schema(example = "dana@example.org")]
    pub email: String,
    /// Your password, 12 to 200 characters.
    #[schema(example = "correct horse battery staple", min_length = 12, max_length = 200)]
    pub password: String,
    /// How you get about.
    pub transport: Transport,
    /// What you can carry.
    #[schema(minimum = 0, maximum = 2000, example = 10.0)]
    pub capacity_kg: f64,
    /// How much room you have, in litres.
    #[schema(minimum = 0, maximum = 20000, example = 40.0)]
    pub capacity_l: f64,
    /// What else you can do.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// What you speak, BCP 47, the best first.
    #[serde(default)]
    #[schema(example = json!(["kk", "ru"]))]
    pub languages: Vec<String>,
    /// How far you go.
    #[schema(minimum = 100, maximum = 200000, example = 3000)]
    pub radius_m: u32,
    /// Where you usually set out from.
    pub base: Option<PositionBody>,
}

impl RegisterVolunteerBody {
    /// The registration as the action takes it, once the password is hashed.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn check(&self, password_hash: String, keys: &Arc<Keys>) -> Result<RegisterVolunteer, Problem> {
        Ok(RegisterVolunteer {
            code: text::required(&self.invitation_code, 100, "/invitation_code")?,
            name: text::name(&self.name, "/name")?,
            email: text::email(&self.email, "/email")?,
            password_hash,
            abilities: Claimed {
                transport: self.transport,
                capacity_kg: self.capacity_kg,
                capacity_l: self.capacity_l,
                skills: &self.skills,
                languages: &self.languages,
                radius_m: self.radius_m,
                base: self.base,
            }
            .check()?,
            keys: Arc::clone(keys),
        })
    }
}

/// Adds a volunteer whom the coordinator knows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddVolunteerBody {
    /// The area where they will serve.
    pub area_id: AreaId,
    /// Their name.
    #[schema(example = "Dana Omarova", max_length = 200)]
    pub name: String,
    /// Their e-mail address; they log in with it.
    #[schema(example = "dana@example.org")]
    pub email: String,
    /// Whether they are vetted already; false when absent.
    #[serde(default)]
    pub approved: bool,
    /// How they get about.
    pub transport: Transport,
    /// What they can carry.
    #[schema(minimum = 0, maximum = 2000, example = 10.0)]
    pub capacity_kg: f64,
    /// How much room they have, in litres.
    #[schema(minimum = 0, maximum = 20000, example = 40.0)]
    pub capacity_l: f64,
    /// What else they can do.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// What they speak, BCP 47, the best first.
    #[serde(default)]
    #[schema(example = json!(["kk", "ru"]))]
    pub languages: Vec<String>,
    /// How far they go.
    #[schema(minimum = 100, maximum = 200000, example = 3000)]
    pub radius_m: u32,
    /// Where they usually set out from.
    pub base: Option<PositionBody>,
}

impl TryFrom<AddVolunteerBody> for AddVolunteer {
    type Error = Problem;

    fn try_from(body: AddVolunteerBody) -> Result<Self, Problem> {
        Ok(Self {
            area: body.area_id,
            name: text::name(&body.name, "/name")?,
            email: text::email(&body.email, "/email")?,
            status: if body.approved { VolunteerStatus::Approved } else { VolunteerStatus::Registered },
            abilities: Claimed {
                transport: body.transport,
                capacity_kg: body.capacity_kg,
                capacity_l: body.capacity_l,
                skills: &body.skills,
                languages: &body.languages,
                radius_m: body.radius_m,
                base: body.base,
            }
            .check()?,
        })
    }
}

/// Corrects a volunteer: what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditVolunteerBody {
    /// How they get about.
    #[serde(default, deserialize_with = "given")]
    pub transport: Option<Transport>,
    /// What they can carry.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 0, maximum = 2000)]
    pub capacity_kg: Option<f64>,
    /// How much room they have, in litres.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 0, maximum = 20000)]
    pub capacity_l: Option<f64>,
    /// What else they can do; all of it.
    #[serde(default, deserialize_with = "given")]
    pub skills: Option<Vec<Skill>>,
    /// What they speak, BCP 47; all of it, the best first.
    #[serde(default, deserialize_with = "given")]
    pub languages: Option<Vec<String>>,
    /// How far they go.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 100, maximum = 200000)]
    pub radius_m: Option<u32>,
    /// How many claims they may hold.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 1, maximum = 10000)]
    pub claim_limit: Option<u32>,
    /// No offers until then; null ends the rest.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub rest_until: Option<Option<DateTime<Utc>>>,
}

impl TryFrom<EditVolunteerBody> for Edit {
    type Error = Problem;

    fn try_from(body: EditVolunteerBody) -> Result<Self, Problem> {
        if body.claim_limit.is_some_and(|limit| !(1..=MOST_CLAIMS).contains(&limit)) {
            return Err(Problem::field(Code::InvalidValue, "/claim_limit", format!("1 to {MOST_CLAIMS}")));
        }
        Ok(Self {
            transport: body.transport,
            capacity_g: body.capacity_kg.map(abilities::grams).transpose()?,
            capacity_ml: body.capacity_l.map(abilities::millilitres).transpose()?,
            skills: body.skills.map(|skills| abilities::skills(&skills)).transpose()?,
            languages: body.languages.map(|tags| text::languages(&tags, "/languages")).transpose()?,
            radius_m: body.radius_m.map(abilities::radius).transpose()?,
            claim_limit: body.claim_limit,
            rest_until: body.rest_until,
            base: None,
            agrees_to_trackers: None,
        })
    }
}

/// Keeps a volunteer and a household apart.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockHouseholdBody {
    /// The household.
    pub household_id: HouseholdId,
    /// Why, in your own words. No names or addresses.
    #[schema(max_length = 500, example = "asked for somebody else")]
    pub reason: String,
}

/// A volunteer.
#[derive(Serialize, ToSchema)]
pub struct VolunteerBody {
    /// Their id.
    pub id: VolunteerId,
    /// Who owns them.
    pub organisation_id: OrganisationId,
    /// Where they serve.
    pub area_id: AreaId,
    /// Their name; for their own organisation and themselves only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail address; for their own organisation and themselves only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they are in their life here.
    #[schema(value_type = VolunteerStatus)]
    pub status: String,
    /// How they get about.
    #[schema(value_type = Transport)]
    pub transport: String,
    /// What they can carry.
    #[schema(example = 10.0)]
    pub capacity_kg: f64,
    /// How much room they have, in litres.
    #[schema(example = 40.0)]
    pub capacity_l: f64,
    /// What else they can do.
    #[schema(value_type = Vec<Skill>)]
    pub skills: Vec<String>,
    /// What they speak, the best first.
    pub languages: Vec<String>,
    /// How far they go.
    pub radius_m: i32,
    /// How many claims they may hold.
    pub claim_limit: i32,
    /// How many they hold.
    pub active_claims: i32,
    /// On duty until then; absent or past when off duty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty_until: Option<DateTime<Utc>>,
    /// No offers until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_until: Option<DateTime<Utc>>,
    /// When they came.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&VolunteerRow> for VolunteerBody {
    fn from(row: &VolunteerRow) -> Self {
        Self {
            id: row.volunteer(),
            organisation_id: row.organisation(),
            area_id: row.area(),
            name: None,
            email: None,
            status: row.status.clone(),
            transport: row.transport.clone(),
            capacity_kg: thousandths(i64::from(row.capacity_g)),
            capacity_l: thousandths(i64::from(row.capacity_ml)),
            skills: row.skills.iter().flatten().cloned().collect(),
            languages: row.languages.iter().flatten().cloned().collect(),
            radius_m: row.radius_m,
            claim_limit: row.claim_limit,
            active_claims: row.active_claims,
            duty_until: row.duty_until,
            rest_until: row.rest_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl From<&SeenVolunteer> for VolunteerBody {
    fn from(seen: &SeenVolunteer) -> Self {
        let person = seen.person.clone();
        let (name, email) = person.map(|person| (person.name, person.email)).unzip();
        Self { name, email, ..Self::from(&seen.row) }
    }
}

/// A volunteer who was added, with the link by which they set a password.
#[derive(Serialize, ToSchema)]
pub struct AddedVolunteerBody {
    /// The volunteer.
    #[serde(flatten)]
    pub volunteer: VolunteerBody,
    /// Works once, for seven days. Shown this once: send it to the volunteer. Absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://birgemiz.example.org/password#bol_...")]
    pub password_link: Option<String>,
}

impl From<&Added> for AddedVolunteerBody {
    fn from(added: &Added) -> Self {
        let volunteer = VolunteerBody {
            name: Some(added.name.clone()),
            email: Some(added.email.clone()),
            ..VolunteerBody::from(&added.row)
        };
        Self { volunteer, password_link: None }
    }
}
