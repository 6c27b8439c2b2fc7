//! Claims: seen, released, concluded; and the door that a claim opens.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{ClaimId, DeliveryId};
use domain::life::Act;

pub use bodies::{ClaimBody, ConcludeBody, FenceParams, ReleaseBody};

use super::answer;
use super::extract::{Body, By, OneId, Params, Volunteer, VolunteerOrCoordinator};
use super::households::OpenDoorBody;
use super::problem::Problem;
use super::requests::{RequestBody, shown};
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::read_door::ReadClaimDoor;
use crate::actions::{Refusal, perform, read};
use crate::app::App;
use crate::storage::views;

/// Read a claim. Its holder may, and coordinators of the organisation whose request it is.
#[utoipa::path(get, path = "/v1/claims/{id}", operation_id = "getClaim", tag = "claims",
    params(("id" = ClaimId, Path)), responses((status = 200, body = ClaimBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<VolunteerOrCoordinator>,
    id: OneId<ClaimId>,
) -> Result<HttpResponse, Problem> {
    let (row, delivery) = read(&app, &caller.call(), async |unit| {
        views::claims::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    let body = ClaimBody::new(&row, delivery.map(|delivery| DeliveryId::new(delivery.id)));
    Ok(answer::versioned(&body, row.version))
}

/// Read the door that a claim leads to. Only its holder, while the claim is active and for the grace
/// after it was completed. Every reading is recorded.
#[utoipa::path(get, path = "/v1/claims/{id}/door", operation_id = "readClaimDoor", tag = "claims",
    params(("id" = ClaimId, Path), FenceParams), responses((status = 200, body = OpenDoorBody)))]
pub async fn door(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<ClaimId>,
    params: Params<FenceParams>,
) -> Result<HttpResponse, Problem> {
    let action = ReadClaimDoor { claim: id.0, fence: params.0.fence };
    Ok(perform(&app, caller.call(), action, |open| answer::ok(&OpenDoorBody::from(open))).await?.into())
}

/// Give a claim back. Before pick-up the request is open again at once.
#[utoipa::path(post, path = "/v1/claims/{id}/release", operation_id = "releaseClaim", tag = "claims",
    params(("id" = ClaimId, Path)), request_body = ReleaseBody, responses((status = 200, body = RequestBody)))]
pub async fn release(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<ClaimId>,
    body: Body<ReleaseBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = ActOnRequest {
        target: Target::Claim(id.0),
        act: Act::Release,
        fence: body.value.fence,
        reason: body.value.reason()?,
    };
    Ok(perform(&app, call, action, shown).await?.into())
}

/// Conclude a call or a welfare check. Nothing changes hands there, so there is no delivery to complete.
#[utoipa::path(post, path = "/v1/claims/{id}/complete", operation_id = "concludeClaim", tag = "claims",
    params(("id" = ClaimId, Path)), request_body = ConcludeBody, responses((status = 200, body = RequestBody)))]
pub async fn complete(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<ClaimId>,
    body: Body<ConcludeBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = ActOnRequest {
        target: Target::Claim(id.0),
        act: Act::Conclude(body.value.outcome),
        fence: body.value.fence,
        reason: None,
    };
    Ok(perform(&app, call, action, shown).await?.into())
}
