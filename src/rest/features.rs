//! Lists of things that have a place, as GeoJSON (RFC 7946) that any map shows.

use serde::Serialize;
use utoipa::ToSchema;

use super::households::PlaceBody;
use super::page::Page;

/// A page of things on a map: a GeoJSON `FeatureCollection`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Features<T> {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// The things, oldest first.
    pub features: Vec<Feature<T>>,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Where the next page is read, on this server, by the same filters; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One thing: a GeoJSON `Feature`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feature<T> {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Where it is, as far as the reader may know.
    pub geometry: PointBody,
    /// What a page of JSON says of it.
    pub properties: T,
}

/// A GeoJSON `Point`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointBody {
    /// Always `Point`.
    #[serde(rename = "type")]
    #[schema(example = "Point")]
    pub kind: &'static str,
    /// Longitude, then latitude.
    #[schema(min_items = 2, max_items = 2, example = json!([76.889709, 43.238949]))]
    pub coordinates: Vec<f64>,
}

impl<T> Features<T> {
    /// A page on a map; `which` tells the id of each entry and where it is.
    pub fn of(page: Page<T>, which: impl Fn(&T) -> (String, PlaceBody)) -> Self {
        let feature = |properties| {
            let (id, place) = which(&properties);
            let geometry = PointBody { kind: "Point", coordinates: vec![place.lon, place.lat] };
            Feature { kind: "Feature", id, geometry, properties }
        };
        let features = page.data.into_iter().map(feature).collect();
        Self { kind: "FeatureCollection", features, next_cursor: page.next_cursor, next: page.next }
    }
}
