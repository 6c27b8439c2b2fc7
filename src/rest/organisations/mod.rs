//! Organisations: entered and listed by administrators.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::OrganisationId;
use domain::sandbox::Reality;

pub use bodies::{CreateOrganisationBody, OrganisationBody};

use super::extract::{Administrator, Body, By, OneId, Params};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::{answer, text};
use crate::actions::create_organisation::CreateOrganisation;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::organisations::{self, OrganisationRow};

/// Enter an organisation. It works nowhere until it leads a campaign or joins one.
#[utoipa::path(post, path = "/v1/organisations", operation_id = "createOrganisation", tag = "organisations",
    request_body = CreateOrganisationBody, responses((status = 201, body = OrganisationBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateOrganisationBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateOrganisation { name: text::name(&body.value.name, "/name")?, reality: Reality::Real };
    Ok(perform(&app, call, action, created).await?.into())
}

/// List organisations. Only administrators may.
#[utoipa::path(get, path = "/v1/organisations", operation_id = "listOrganisations", tag = "organisations",
    params(PageParams), responses((status = 200, body = Page<OrganisationBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Administrator>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows = read(&app, &caller.call(), async |unit| {
        Ok(organisations::list(unit, wanted.after, wanted.limit).await?)
    })
    .await?;
    let data = rows.iter().map(OrganisationBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &OrganisationBody| body.id.uuid())))
}

/// Read an organisation. Only administrators may.
#[utoipa::path(get, path = "/v1/organisations/{id}", operation_id = "getOrganisation", tag = "organisations",
    params(("id" = OrganisationId, Path)), responses((status = 200, body = OrganisationBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<OrganisationId>,
) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        organisations::find(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&OrganisationBody::from(&row), row.version))
}

fn created(row: &OrganisationRow) -> Answer {
    answer::created(format!("/v1/organisations/{}", row.organisation()), &OrganisationBody::from(row))
}
