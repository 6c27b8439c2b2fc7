//! What is sent and answered about hubs.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, HubId, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::create_hub::CreateHub;
use crate::rest::households::{PlaceBody, PositionBody};
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::hubs::HubRow;

/// The longest address and the longest opening hours.
const LONGEST: usize = 500;

/// A hub to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHubBody {
    /// The organisation that runs it: a coordinator leaves it out, an administrator tells it.
    pub organisation_id: Option<OrganisationId>,
    /// The area it serves.
    pub area_id: AreaId,
    /// Its name, unlike that of any other hub of the organisation in this area.
    #[schema(example = "Warehouse on Satpaev", min_length = 1, max_length = 200)]
    pub name: String,
    /// Its address.
    #[schema(example = "Satpaev Street 90/20", min_length = 1, max_length = 500)]
    pub address: String,
    /// Where it is.
    pub position: PositionBody,
    /// When it is open, as people write it.
    #[schema(example = "Mo-Sa 09:00-18:00", max_length = 500)]
    pub opening_hours: Option<String>,
}

impl TryFrom<CreateHubBody> for CreateHub {
    type Error = Problem;

    fn try_from(body: CreateHubBody) -> Result<Self, Problem> {
        Ok(Self {
            organisation: body.organisation_id,
            area: body.area_id,
            name: text::name(&body.name, "/name")?,
            address: text::required(&body.address, LONGEST, "/address")?,
            position: body.position.position("/position")?,
            opening_hours: text::optional(body.opening_hours.as_deref(), LONGEST, "/opening_hours")?,
        })
    }
}

/// A hub. Its place is public.
#[derive(Serialize, ToSchema)]
pub struct HubBody {
    /// Its id.
    pub id: HubId,
    /// The organisation that runs it.
    pub organisation_id: OrganisationId,
    /// The area it serves.
    pub area_id: AreaId,
    /// Its name.
    #[schema(example = "Warehouse on Satpaev")]
    pub name: String,
    /// Its address.
    #[schema(example = "Satpaev Street 90/20")]
    pub address: String,
    /// Where it is.
    pub position: PlaceBody,
    /// When it is open, as people write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&HubRow> for HubBody {
    fn from(row: &HubRow) -> Self {
        Self {
            id: HubId::new(row.id),
            organisation_id: OrganisationId::new(row.organisation_id),
            area_id: AreaId::new(row.area_id),
            name: row.name.clone(),
            address: row.address.clone(),
            position: PlaceBody { lat: row.lat, lon: row.lon },
            opening_hours: row.opening_hours.clone(),
            created_at: row.created_at,
            version: row.version,
        }
    }
}
