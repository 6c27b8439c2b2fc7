//! What is done to a request: verified, claimed, assigned, revoked, cancelled, given a phrase, acknowledged.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::RequestId;
use domain::life::Act;

use super::bodies::{AssignBody, PhraseBody, RequestBody};
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::answers::RequestWithLines;
use crate::actions::claim_request::{ClaimRequest, Claimed};
use crate::actions::issue_phrase::{IssuePhrase, Issued};
use crate::actions::{Answer, perform};
use crate::app::App;
use crate::rest::answer;
use crate::rest::claims::ClaimBody;
use crate::rest::dry_run::DryRunParams;
use crate::rest::extract::{Body, By, Coordinator, CoordinatorOrPartner, OneId, Params, Volunteer};
use crate::rest::households::ReasonBody;
use crate::rest::problem::Problem;

/// Claim an open request. One volunteer wins; the others get 409 with the reason.
#[utoipa::path(post, path = "/v1/requests/{id}/claim", operation_id = "claimRequest", tag = "requests",
    params(("id" = RequestId, Path), DryRunParams), responses((status = 201, body = ClaimBody)))]
pub async fn claim(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<RequestId>,
    params: Params<DryRunParams>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = params.0.of(caller.act(body.fingerprint)?);
    let action = ClaimRequest { request: id.0, volunteer: None };
    Ok(params.0.told(perform(&app, call, action, claimed).await?))
}

/// Give an open request to a volunteer. The same rules hold as if they had claimed it themselves.
#[utoipa::path(post, path = "/v1/requests/{id}/assign", operation_id = "assignRequest", tag = "requests",
    params(("id" = RequestId, Path), DryRunParams), request_body = AssignBody, responses((status = 201, body = ClaimBody)))]
pub async fn assign(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
    params: Params<DryRunParams>,
    body: Body<AssignBody>,
) -> Result<HttpResponse, Problem> {
    let call = params.0.of(caller.act(body.fingerprint)?);
    let action = ClaimRequest { request: id.0, volunteer: Some(body.value.volunteer_id) };
    Ok(params.0.told(perform(&app, call, action, claimed).await?))
}

/// Let a request be claimed that waits for a coordinator. Use it once the reason in `hold` is settled.
#[utoipa::path(post, path = "/v1/requests/{id}/verify", operation_id = "verifyRequest", tag = "requests",
    params(("id" = RequestId, Path)), request_body = ReasonBody, responses((status = 200, body = RequestBody)))]
pub async fn verify(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
    body: Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    act(app, caller, id, body, Act::Verify).await
}

/// Take a request from the volunteer who holds it. Before pick-up it is open again at once; after that it waits
/// until somebody has settled where the goods are.
#[utoipa::path(post, path = "/v1/requests/{id}/revoke", operation_id = "revokeClaim", tag = "requests",
    params(("id" = RequestId, Path)), request_body = ReasonBody, responses((status = 200, body = RequestBody)))]
pub async fn revoke(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
    body: Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    act(app, caller, id, body, Act::Revoke).await
}

/// Call a request off. A claim on it is revoked.
#[utoipa::path(post, path = "/v1/requests/{id}/cancel", operation_id = "cancelRequest", tag = "requests",
    params(("id" = RequestId, Path)), request_body = ReasonBody, responses((status = 200, body = RequestBody)))]
pub async fn cancel(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    id: OneId<RequestId>,
    body: Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    act(app, caller.with_scope(Scope::RequestsWrite)?, id, body, Act::Cancel).await
}

/// Pass on that the household confirms it was served. Without it, a welfare check is filed in time.
#[utoipa::path(post, path = "/v1/requests/{id}/acknowledge", operation_id = "acknowledgeRequest", tag = "requests",
    params(("id" = RequestId, Path)), request_body = ReasonBody, responses((status = 200, body = RequestBody)))]
pub async fn acknowledge(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    id: OneId<RequestId>,
    body: Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    act(app, caller.with_scope(Scope::RequestsWrite)?, id, body, Act::Acknowledge).await
}

/// Give a request another phrase, to be told to its household. The one before is good no more; use it where that
/// was forgotten, or never told, as with requests that were imported.
#[utoipa::path(post, path = "/v1/requests/{id}/phrase", operation_id = "issuePhrase", tag = "requests",
    params(("id" = RequestId, Path)), responses((status = 201, body = PhraseBody)))]
pub async fn issue_phrase(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    id: OneId<RequestId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.with_scope(Scope::RequestsWrite)?.act(body.fingerprint)?;
    let action = IssuePhrase { request: id.0, keys: Arc::clone(&app.keys) };
    Ok(perform(&app, call, action, issued).await?.into())
}

fn issued(issued: &Issued) -> Answer {
    let shown = PhraseBody { id: issued.request, phrase: Some(issued.phrase.clone()) };
    let kept = PhraseBody { id: issued.request, phrase: None };
    answer::created_with_secret(format!("/v1/requests/{}", issued.request), &shown, &kept)
}

async fn act<W: crate::rest::extract::Who>(
    app: Data<App>,
    caller: By<W>,
    id: OneId<RequestId>,
    body: Body<ReasonBody>,
    act: Act,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action =
        ActOnRequest { target: Target::Request(id.0), act, fence: None, reason: body.value.reason()? };
    Ok(perform(&app, call, action, shown).await?.into())
}

/// A body without fields.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A request after an act.
pub fn shown(request: &RequestWithLines) -> Answer {
    answer::ok(&RequestBody::new(&request.row, &request.lines))
}

/// A claim that was made.
pub fn claimed(claimed: &Claimed) -> Answer {
    let body = ClaimBody::new(&claimed.claim, claimed.delivery);
    answer::created(format!("/v1/claims/{}", body.id), &body)
}
