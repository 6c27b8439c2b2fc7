//! What is sent and answered about areas.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, CampaignId, OrganisationId};
use domain::place::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rest::households::{PlaceBody, PositionBody};
use crate::rest::page::Page;
use crate::rest::problem::Problem;
use crate::storage::views::areas::{AreaRow, StatusCount, Summary};

/// An area to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAreaBody {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its name, unlike that of any other area of the campaign.
    #[schema(example = "Bostandyk district", min_length = 1, max_length = 200)]
    pub name: String,
    /// Its time zone, by its IANA name.
    #[schema(example = "Asia/Almaty")]
    pub time_zone: String,
    /// Its outline: a GeoJSON Polygon or MultiPolygon of up to 5000 points, WGS 84, longitude first.
    #[schema(value_type = Object, example = json!({"type": "Polygon",
        "coordinates": [[[76.8, 43.1], [77.1, 43.1], [77.1, 43.4], [76.8, 43.4], [76.8, 43.1]]]}))]
    pub geometry: serde_json::Value,
}

/// A service area.
#[derive(Serialize, ToSchema)]
pub struct AreaBody {
    /// Its id.
    pub id: AreaId,
    /// The organisation that leads its campaign.
    pub organisation_id: OrganisationId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    #[schema(example = "Bostandyk district")]
    pub name: String,
    /// Its time zone, by its IANA name.
    #[schema(example = "Asia/Almaty")]
    pub time_zone: String,
    /// A point inside it.
    pub centre: PlaceBody,
    /// Its outline, as it was entered: a GeoJSON Polygon or MultiPolygon. Absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<serde_json::Value>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl AreaBody {
    /// An area as it is shown, with or without its outline.
    #[must_use]
    pub fn new(row: &AreaRow, geometry: Option<serde_json::Value>) -> Self {
        Self {
            id: row.area(),
            organisation_id: row.organisation(),
            campaign_id: CampaignId::new(row.campaign_id),
            name: row.name.clone(),
            time_zone: row.time_zone.clone(),
            centre: PlaceBody { lat: row.centre_lat, lon: row.centre_lon },
            geometry,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// A page of areas on a map: a GeoJSON `FeatureCollection`.
#[derive(Serialize, ToSchema)]
pub struct AreasOnMapBody {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// The areas, oldest first.
    pub features: Vec<AreaOnMapBody>,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Where the next page is read, on this server, by the same filters; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One area: a GeoJSON `Feature`.
#[derive(Serialize, ToSchema)]
pub struct AreaOnMapBody {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its outline, as it was entered: a GeoJSON Polygon or MultiPolygon.
    #[schema(value_type = Object)]
    pub geometry: serde_json::Value,
    /// What a page of JSON says of it.
    pub properties: AreaBody,
}

impl AreasOnMapBody {
    /// A page on a map; `outlines` are those of its entries, one after the other.
    #[must_use]
    pub fn of(page: Page<AreaBody>, outlines: Vec<serde_json::Value>) -> Self {
        let feature = |(properties, geometry): (AreaBody, _)| AreaOnMapBody {
            kind: "Feature",
            id: properties.id.to_string(),
            geometry,
            properties,
        };
        let features = page.data.into_iter().zip(outlines).map(feature).collect();
        Self { kind: "FeatureCollection", features, next_cursor: page.next_cursor, next: page.next }
    }
}

/// Buildings to be counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBuildingsBody {
    /// Where they are, one position a building.
    #[schema(min_items = 1, max_items = 10000)]
    pub positions: Vec<BuildingPositionBody>,
}

/// Where a building is, WGS 84.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct BuildingPositionBody {
    /// Degrees north of the equator.
    #[schema(minimum = -90.0, maximum = 90.0, example = 43.238949)]
    pub lat: f64,
    /// Degrees east of Greenwich.
    #[schema(minimum = -180.0, maximum = 180.0, example = 76.889709)]
    pub lon: f64,
}

impl AddBuildingsBody {
    /// The places as the domain knows them.
    ///
    /// # Errors
    /// Names the first that is off the globe.
    pub fn positions(&self) -> Result<Vec<Position>, Problem> {
        let position = |(place, sent): (usize, &BuildingPositionBody)| {
            PositionBody { lat: sent.lat, lon: sent.lon, accuracy_m: None }
                .position(&format!("/positions/{place}"))
        };
        self.positions.iter().enumerate().map(position).collect()
    }
}

/// What was counted.
#[derive(Serialize, ToSchema)]
pub struct CountedBody {
    /// How many buildings.
    pub buildings: usize,
    /// Into how many cells, of all sizes.
    pub cells: usize,
}

/// What is going on in an area, as far as one organisation goes.
#[derive(Serialize, ToSchema)]
pub struct AreaSummaryBody {
    /// The area.
    pub area_id: AreaId,
    /// How many requests there are in each status; a status without any is left out.
    pub requests: Vec<StatusCountBody>,
    /// Open requests of urgency `critical` or `high`.
    pub urgent_open: i64,
    /// Since when the oldest open request is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_open_since: Option<DateTime<Utc>>,
    /// Requests that were escalated and wait still.
    pub escalated: i64,
    /// Requests whose goods somebody has, of an earlier attempt.
    pub goods_out: i64,
    /// How many volunteers there are in each status; a status without any is left out.
    pub volunteers: Vec<StatusCountBody>,
    /// Approved volunteers who are on duty.
    pub on_duty: i64,
}

/// How many are in one status.
#[derive(Serialize, ToSchema)]
pub struct StatusCountBody {
    /// The status.
    #[schema(example = "open")]
    pub status: String,
    /// How many.
    pub count: i64,
}

impl From<StatusCount> for StatusCountBody {
    fn from(counted: StatusCount) -> Self {
        Self { status: counted.status, count: counted.count }
    }
}

impl AreaSummaryBody {
    /// A summary as it is shown.
    #[must_use]
    pub fn new(area: AreaId, summary: Summary) -> Self {
        let Summary { requests, volunteers, figures } = summary;
        Self {
            area_id: area,
            requests: requests.into_iter().map(StatusCountBody::from).collect(),
            urgent_open: figures.urgent_open,
            oldest_open_since: figures.oldest_open_since,
            escalated: figures.escalated,
            goods_out: figures.goods_out,
            volunteers: volunteers.into_iter().map(StatusCountBody::from).collect(),
            on_duty: figures.on_duty,
        }
    }
}
