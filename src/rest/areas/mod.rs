//! Service areas: entered by administrators, read by everybody who takes part, summed up for coordinators.

mod balance;
mod bodies;

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use domain::id::AreaId;
use domain::refusal::Code;

pub use balance::*;
pub use bodies::{
    AddBuildingsBody, AreaBody, AreaSummaryBody, BuildingPositionBody, CountedBody, CreateAreaBody,
    StatusCountBody,
};

use super::extract::{Administrator, Anybody, Body, By, Coordinator, MANY, OneId, Params};
use super::page::{Page, PageParams};
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

/// List the areas of the campaigns that you take part in, without their outlines. Administrators see all.
#[utoipa::path(get, path = "/v1/areas", operation_id = "listAreas", tag = "areas",
    params(PageParams), responses((status = 200, body = Page<AreaBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows =
        read(&app, &caller.call(), async |unit| Ok(areas::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = rows.iter().map(|row| AreaBody::new(row, None)).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &AreaBody| body.id.uuid())))
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
