//! A service area is entered: every organisation of its campaign works in it.

use domain::id::{AreaId, CampaignId};
use domain::place::AreaShape;
use domain::refusal::Code;

use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::areas::{self, AreaRow, NewArea};
use crate::storage::tables::campaigns;

/// Enter an area.
#[derive(Clone)]
pub struct CreateArea {
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub time_zone: chrono_tz::Tz,
    /// Its outline.
    pub shape: AreaShape,
}

/// An area with its outline, as GeoJSON.
#[derive(Clone)]
pub struct AreaWithOutline {
    /// The area.
    pub row: AreaRow,
    /// Its outline.
    pub outline: serde_json::Value,
}

impl Action for CreateArea {
    type Done = AreaWithOutline;

    async fn run(self, unit: &mut Unit<'_>) -> Result<AreaWithOutline, Refusal> {
        permission::administrator(&unit.actor)?;
        let campaign = campaigns::find_locked(unit, self.campaign)
            .await?
            .ok_or_else(|| Refusal::flaw("/campaign_id", "no such campaign"))?;
        let new = NewArea {
            id: AreaId::new(clock::new_id()),
            organisation: campaign.organisation(),
            campaign: self.campaign,
            name: self.name,
            time_zone: self.time_zone.name(),
            shape: self.shape,
        };
        let row = areas::insert(unit, &new).await.map_err(meaning("areas_name_unique", || {
            Refusal::because(Code::AlreadyExists, "the campaign has an area of this name already")
        }))?;
        let created = Event {
            organisation: Some(row.organisation()),
            area: Some(row.area()),
            ..Event::about("area.created", "area", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(AreaWithOutline { row, outline: new.shape.to_geojson() })
    }
}

/// The time zone of that IANA name.
///
/// # Errors
/// Names the field when there is none.
pub fn time_zone(name: &str) -> Result<chrono_tz::Tz, Refusal> {
    name.parse().map_err(|_| Refusal::flaw("/time_zone", "an IANA time zone such as Asia/Almaty"))
}

/// The outline that a GeoJSON geometry draws. Takes up to a second for the longest.
///
/// # Errors
/// Says what is wrong with the geometry.
pub fn outline(geometry: &serde_json::Value) -> Result<AreaShape, Refusal> {
    AreaShape::from_geojson(geometry).map_err(|error| Refusal::flaw("/geometry", error.to_string()))
}
