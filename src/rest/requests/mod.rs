//! Requests: filed, followed, claimed, called off.

mod acts;
mod bodies;
mod bulk;
mod candidates;
mod list_bodies;
mod lists;
mod why_not;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::RequestId;

pub use acts::*;
pub use bodies::{
    AssignBody, BulkBody, BulkItemBody, BulkResultBody, LineBody, PhraseBody, RequestBody, SubmitRequestBody,
    SubmittedBody, WindowBody, thousandths,
};
pub use bulk::*;
pub use candidates::*;
pub use list_bodies::{ListedRequestBody, PriorityBody, QueueBody, QueuedRequestBody, RequestCountsBody};
pub use lists::*;
pub use why_not::*;

use super::answer;
use super::dry_run::DryRunParams;
use super::extract::{Body, By, CoordinatorOrPartner, NotAdministrator, OneId, Params};
use super::problem::Problem;
use crate::actions::submit_request::Submitted;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views;

/// File a request for a household. It is open at once when the household is verified.
#[utoipa::path(post, path = "/v1/requests", operation_id = "submitRequest", tag = "requests", params(DryRunParams),
    request_body = SubmitRequestBody, responses((status = 201, body = SubmittedBody)))]
pub async fn submit(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<DryRunParams>,
    body: Body<SubmitRequestBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsWrite)?;
    let call = params.0.of(caller.act(body.fingerprint)?);
    let action = body.value.check(&app.keys)?;
    Ok(params.0.told(perform(&app, call, action, created).await?))
}

fn created(submitted: &Submitted) -> Answer {
    let location = format!("/v1/requests/{}", submitted.request.row.request());
    let shown = SubmittedBody::from(submitted);
    let kept = SubmittedBody { phrase: None, ..SubmittedBody::from(submitted) };
    answer::created_with_secret(location, &shown, &kept)
}

/// Read a request. Volunteers see those that are open in their campaigns, and those they hold or held.
#[utoipa::path(get, path = "/v1/requests/{id}", operation_id = "getRequest", tag = "requests",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<NotAdministrator>,
    id: OneId<RequestId>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsRead)?;
    let found = read(&app, &caller.call(), async |unit| {
        let row = views::requests::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)?;
        let lines = views::requests::lines(unit, id.0).await?;
        Ok(RequestBody::new(&row, &lines))
    })
    .await?;
    Ok(answer::versioned(&found, found.version))
}
