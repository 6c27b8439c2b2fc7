//! Areas from GeoJSON: each feature with a name; outlines that can be repaired are, the others refused with
//! the reason.

use domain::id::AreaId;
use domain::place::AreaShape;
use serde_json::{Value, json};

use super::Import;
use crate::actions::create_area::{self, AreaWithOutline, CreateArea};
use crate::actions::{Answer, Call, perform};
use crate::app::App;
use crate::cli::admin::AdminError;

/// What a file of areas holds.
pub(super) const GUIDE: &str = "\
A GeoJSON FeatureCollection (RFC 7946), longitude first, WGS 84; one feature an area:
geometry              required  Polygon or MultiPolygon of up to 5000 points
properties.name       required  name, once in the campaign
properties.time_zone            IANA name such as Asia/Almaty; --time-zone when absent
";

/// A file to begin with.
pub(super) const TEMPLATE: &str = r#"{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"name": "Example district", "time_zone": "Asia/Almaty"},
   "geometry": {"type": "Polygon",
     "coordinates": [[[76.80, 43.20], [76.95, 43.20], [76.95, 43.30], [76.80, 43.30], [76.80, 43.20]]]}}
]}
"#;

/// Imports the features of a file; answers what became of each, as JSON.
pub(super) async fn import(app: &App, import: Import) -> Result<String, AdminError> {
    let path = import.path()?;
    let refused = |error: String| AdminError::Refused(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let file: Value = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    let features = file.get("features").and_then(Value::as_array);
    let features = features.ok_or_else(|| refused("not a GeoJSON FeatureCollection".to_owned()))?;
    let mut told = Vec::new();
    for (place, feature) in features.iter().enumerate() {
        let outcome = match one(app, &import, feature).await {
            Ok(made) => made,
            Err(error) => json!({ "refused": error.to_string() }),
        };
        told.push(json!({ "feature": place + 1, "outcome": outcome }));
    }
    Ok(json!({ "dry_run": import.dry_run, "areas": told }).to_string())
}

async fn one(app: &App, import: &Import, feature: &Value) -> Result<Value, AdminError> {
    let missing = |what: &str| AdminError::Refused(what.to_owned());
    let property = |name: &str| feature.pointer(&format!("/properties/{name}")).and_then(Value::as_str);
    let name = property("name").map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= 200);
    let name = name.ok_or_else(|| missing("properties.name must be 1 to 200 characters"))?;
    let zone = property("time_zone").or(import.time_zone.as_deref());
    let zone = zone.ok_or_else(|| missing("say properties.time_zone, or --time-zone"))?;
    let campaign = import.campaign.ok_or_else(|| missing("say --campaign"))?;
    let geometry = feature.get("geometry").ok_or_else(|| missing("a feature without geometry"))?;
    let (shape, repaired) =
        AreaShape::repaired(geometry).map_err(|error| AdminError::Refused(error.to_string()))?;
    let repaired = repaired.map(|flaw| flaw.to_string());
    let time_zone = create_area::time_zone(zone)?;
    if import.dry_run {
        return Ok(json!({ "would_enter": name, "repaired": repaired }));
    }
    let action = CreateArea { campaign, name: name.to_owned(), time_zone, shape };
    let answer = perform(app, Call::by_system(), action, only_the_id).await?;
    let id: Result<AreaId, _> = String::from_utf8_lossy(&answer.body).parse();
    Ok(json!({ "entered": name, "id": id.ok(), "repaired": repaired }))
}

fn only_the_id(area: &AreaWithOutline) -> Answer {
    let body = area.row.area().to_string().into_bytes();
    Answer { status: 201, location: None, body, kept_body: None, replayed: false }
}
