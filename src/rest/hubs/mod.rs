//! Hubs: pick-up points, entered by staff, read by everybody who takes part.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::HubId;

pub use bodies::{CreateHubBody, HubBody};

use super::answer;
use super::extract::{Anybody, Body, By, OneId, Params, Staff};
use super::page::{Page, PageParams};
use super::problem::Problem;
use crate::actions::create_hub::CreateHub;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::hubs::{self, HubRow};

/// Enter a hub. It belongs to an organisation and serves an area in which that organisation works.
#[utoipa::path(post, path = "/v1/hubs", operation_id = "createHub", tag = "hubs",
    request_body = CreateHubBody, responses((status = 201, body = HubBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Staff>,
    body: Body<CreateHubBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateHub::try_from(body.value)?;
    Ok(perform(&app, call, action, created).await?.into())
}

/// List the hubs of the campaigns that you take part in. Those of other organisations are among them.
#[utoipa::path(get, path = "/v1/hubs", operation_id = "listHubs", tag = "hubs",
    params(PageParams), responses((status = 200, body = Page<HubBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys)?;
    let rows =
        read(&app, &caller.call(), async |unit| Ok(hubs::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = rows.iter().map(HubBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, wanted, data, |body: &HubBody| body.id.uuid())))
}

/// Read a hub. A hub of a campaign that you take no part in is 404.
#[utoipa::path(get, path = "/v1/hubs/{id}", operation_id = "getHub", tag = "hubs",
    params(("id" = HubId, Path)), responses((status = 200, body = HubBody)))]
pub async fn get(app: Data<App>, caller: By<Anybody>, id: OneId<HubId>) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        hubs::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&HubBody::from(&row), row.version))
}

fn created(row: &HubRow) -> Answer {
    let body = HubBody::from(row);
    answer::created(format!("/v1/hubs/{}", body.id), &body)
}
