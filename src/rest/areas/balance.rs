//! Where to recruit, as GeoJSON (RFC 7946) that any map shows.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::id::AreaId;
use domain::matching::{CellBalance, Demand};
use domain::place::{Cell, Position};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::actions::balance_area::{Balanced, balance_area};
use crate::app::App;
use crate::rest::answer;
use crate::rest::extract::{By, Coordinator, OneId};
use crate::rest::problem::Problem;

/// Cells in which more is asked for than the volunteers there can do: a GeoJSON `FeatureCollection`.
#[derive(Serialize, ToSchema)]
pub struct BalanceBody {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// When that was so.
    pub as_of: DateTime<Utc>,
    /// What is asked for beside all cells that may be told of: where fewer than five households ask, or fewer than
    /// the campaign's policy has a coarse point stand for, or where nobody but the household's coordinators knows
    /// more than the district.
    pub elsewhere: DemandBody,
    /// The cells, the most short first.
    pub features: Vec<CellBody>,
}

/// One cell: a GeoJSON `Feature`.
#[derive(Serialize, ToSchema)]
pub struct CellBody {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// Its H3 index.
    #[schema(example = "8820d22a1dfffff")]
    pub id: String,
    /// Its outline, a GeoJSON Polygon; where the 180th meridian runs through it, its middle, a GeoJSON Point.
    #[schema(value_type = Object)]
    pub geometry: Value,
    /// How much is asked for there.
    pub properties: DemandBody,
}

/// How much is asked for, and how much of it nobody can take on.
#[derive(Serialize, ToSchema)]
pub struct DemandBody {
    /// Open requests to which somebody has to go.
    pub open_requests: u32,
    /// Those that remain when volunteers take on as many as possible, each as many as they may still claim.
    pub short_requests: u32,
}

/// See where an area needs more volunteers. Cells in which the open requests of all organisations of its campaign
/// exceed what its volunteers may still claim, on duty or not; none in which fewer than five households ask. It is
/// made anew every ten seconds at most.
#[utoipa::path(get, path = "/v1/areas/{id}/balance", operation_id = "balanceArea", tag = "areas",
    params(("id" = AreaId, Path)),
    responses((status = 200, body = BalanceBody, content_type = "application/geo+json")))]
pub async fn balance(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<AreaId>,
) -> Result<HttpResponse, Problem> {
    let found = balance_area(&app, &caller.call(), id.0).await?;
    Ok(answer::geojson(&BalanceBody::from(&*found)))
}

impl From<&Balanced> for BalanceBody {
    fn from(found: &Balanced) -> Self {
        let mut short: Vec<&CellBalance> =
            found.balance.cells.iter().filter(|cell| cell.demand.short > 0).collect();
        short.sort_by_key(|cell| (std::cmp::Reverse(cell.demand.short), cell.cell));
        Self {
            kind: "FeatureCollection",
            as_of: found.as_of,
            elsewhere: found.balance.elsewhere.into(),
            features: short.into_iter().map(CellBody::from).collect(),
        }
    }
}

impl From<&CellBalance> for CellBody {
    fn from(found: &CellBalance) -> Self {
        Self {
            kind: "Feature",
            id: found.cell.to_string(),
            geometry: geometry(found.cell),
            properties: found.demand.into(),
        }
    }
}

impl From<Demand> for DemandBody {
    fn from(demand: Demand) -> Self {
        Self { open_requests: demand.open, short_requests: demand.short }
    }
}

fn geometry(cell: Cell) -> Value {
    let (centre, outline) = (cell.centre(), cell.outline());
    let crosses = outline.iter().any(|corner| (corner.lon() - centre.lon()).abs() > 180.0);
    let point = |place: &Position| [place.lon(), place.lat()];
    if crosses {
        json!({"type": "Point", "coordinates": point(&centre)})
    } else {
        json!({"type": "Polygon", "coordinates": [outline.iter().map(point).collect::<Vec<_>>()]})
    }
}

#[cfg(test)]
mod tests {
    use domain::place::Resolution;

    use super::*;

    #[test]
    fn a_cell_is_its_outline_unless_the_antimeridian_runs_through_it() {
        let of = |lat, lon| geometry(Cell::of(Position::new(lat, lon).unwrap(), Resolution::Eight));
        let almaty = of(43.24, 76.89);
        assert_eq!(almaty["type"], "Polygon");
        assert_eq!(almaty["coordinates"][0].as_array().map(Vec::len), Some(7));
        assert_eq!(of(-17.0, 180.0)["type"], "Point");
    }
}
