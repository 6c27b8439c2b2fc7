//! Service areas: entered by administrators, read by everybody who takes part, summed up for coordinators.

mod balance;
mod bodies;

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use domain::id::{AreaId, CampaignId};
use domain::refusal::Code;
use serde::Deserialize;
use utoipa::IntoParams;

pub use balance::*;
pub use bodies::{
    AddBuildingsBody, AreaBody, AreaOnMapBody, AreaSummaryBody, AreasOnMapBody, BuildingPositionBody,
    CountedBody, CreateAreaBody, StatusCountBody,
};

use super::extract::{Administrator, Anybody, Body, By, Coordinator, MANY, OneId, Params, Representation};
use super::page::{self, Page};
use super::problem::Problem;
use super::{answer, text};
use crate::actions::add_buildings::{AddBuildings, Counted};
use crate::actions::create_area::{self, AreaWithOutline, CreateArea};
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::areas;

/// Enter a service area. All organisations of its campaign work in it.
#[utoipa::path(post, path = "/v1/areas", operation_id = "createArea", tag = "areas",
    request_body = CreateAreaBody, responses((status = 201, body = AreaBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateAreaBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let body = body.value;
    let (name, time_zone) = (text::name(&body.name, "/name")?, create_area::time_zone(&body.time_zone)?);
    // Checking a long outline for crossings would hold up the thread's other calls.
    let shape = web::block(move || create_area::outline(&body.geometry))
        .await
        .map_err(|_| Problem::from(Code::Internal))??;
    let action = CreateArea { campaign: body.campaign_id, name, time_zone, shape };
    Ok(perform(&app, call, action, created).await?.into())
}

/// Which areas.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAreasParams {
    /// Only of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List the areas of the campaigns that you take part in, without their outlines. Administrators see all; ask for
/// `application/geo+json` to put them on a map, with their outlines.
#[utoipa::path(get, path = "/v1/areas", operation_id = "listAreas", tag = "areas",
    params(ListAreasParams), responses((status = 200, content(
        (Page<AreaBody> = "application/json"), (AreasOnMapBody = "application/geo+json")))))]
pub async fn list(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<ListAreasParams>,
    representation: Representation,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let (campaign, which) = (params.campaign_id, (wanted.after, wanted.limit));
    let (call, id) = (caller.call(), |body: &AreaBody| body.id.uuid());
    match representation {
        Representation::Json => {
            let rows = read(&app, &call, async |unit| Ok(areas::list(unit, campaign, which).await?)).await?;
            let data = rows.iter().map(|row| AreaBody::new(row, None)).collect();
            Ok(answer::json(&Page::of(&app.keys, &wanted, data, id)))
        }
        Representation::GeoJson => {
            let rows =
                read(&app, &call, async |unit| Ok(areas::on_a_map(unit, campaign, which).await?)).await?;
            let data = rows.iter().map(|(row, _)| AreaBody::new(row, None)).collect();
            let outlines = rows.into_iter().map(|(_, outline)| outline).collect();
            Ok(answer::geojson(&AreasOnMapBody::of(Page::of(&app.keys, &wanted, data, id), outlines)))
        }
    }
}

/// Read an area with its outline. An area of a campaign that you take no part in is 404.
#[utoipa::path(get, path = "/v1/areas/{id}", operation_id = "getArea", tag = "areas",
    params(("id" = AreaId, Path)), responses((status = 200, body = AreaBody)))]
pub async fn get(app: Data<App>, caller: By<Anybody>, id: OneId<AreaId>) -> Result<HttpResponse, Problem> {
    let (row, outline) = read(&app, &caller.call(), async |unit| {
        areas::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&AreaBody::new(&row, Some(outline)), row.version))
}

/// Count buildings into an area's cells, so that coarse points are drawn small where many live. Sending
/// the same buildings again counts them again: use an `Idempotency-Key`.
#[utoipa::path(post, path = "/v1/areas/{id}/buildings", operation_id = "addBuildings", tag = "areas",
    params(("id" = AreaId, Path)), request_body = AddBuildingsBody, responses((status = 200, body = CountedBody)))]
pub async fn add_buildings(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<AreaId>,
    body: Body<AddBuildingsBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = AddBuildings { area: id.0, positions: body.value.positions()? };
    Ok(perform(&app, call, action, counted).await?.into())
}

/// Sum up what is going on in an area, as far as your organisation goes. What a coordinator looks at first:
/// requests and volunteers by status, what is urgent, what was escalated, and who is on duty.
#[utoipa::path(get, path = "/v1/areas/{id}/summary", operation_id = "getAreaSummary", tag = "areas",
    params(("id" = AreaId, Path)), responses((status = 200, body = AreaSummaryBody)))]
pub async fn summary(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<AreaId>,
) -> Result<HttpResponse, Problem> {
    let found = read(&app, &caller.call(), async |unit| {
        let organisation = unit.actor.organisation().ok_or_else(Refusal::not_found)?;
        areas::summary(unit, organisation, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::json(&AreaSummaryBody::new(id.0, found)))
}

fn created(area: &AreaWithOutline) -> Answer {
    let body = AreaBody::new(&area.row, Some(area.outline.clone()));
    answer::created(format!("/v1/areas/{}", body.id), &body)
}

fn counted(counted: &Counted) -> Answer {
    answer::ok(&CountedBody { buildings: counted.buildings, cells: counted.cells })
}
