//! Deliveries: picked up, at the door, completed or failed, and their photos.

mod bodies;
mod photo;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::DeliveryId;
use domain::life::Act;

pub use bodies::{CompleteDeliveryBody, DeliveryBody, FailDeliveryBody, ProgressBody};
pub use photo::*;

use super::answer;
use super::extract::{Body, By, OneId, Volunteer, VolunteerOrCoordinator};
use super::problem::Problem;
use super::requests::{RequestBody, shown};
use super::text;
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::{Refusal, perform, read};
use crate::app::App;
use crate::storage::views;

/// Read a delivery. Its volunteer may, and coordinators of the organisation whose request it is.
#[utoipa::path(get, path = "/v1/deliveries/{id}", operation_id = "getDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)), responses((status = 200, body = DeliveryBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<VolunteerOrCoordinator>,
    id: OneId<DeliveryId>,
) -> Result<HttpResponse, Problem> {
    let seen = read(&app, &caller.call(), async |unit| {
        views::deliveries::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&DeliveryBody::from(&seen), seen.row.version))
}

/// Say that the goods are in your hands. The claim's lease begins anew.
#[utoipa::path(post, path = "/v1/deliveries/{id}/pick-up", operation_id = "pickUpDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)), request_body = ProgressBody, responses((status = 200, body = RequestBody)))]
pub async fn pick_up(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<DeliveryId>,
    body: Body<ProgressBody>,
) -> Result<HttpResponse, Problem> {
    progress(app, caller, id, body, Act::PickUp).await
}

/// Say that you are at the door. The claim's lease begins anew.
#[utoipa::path(post, path = "/v1/deliveries/{id}/arrive", operation_id = "arriveDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)), request_body = ProgressBody, responses((status = 200, body = RequestBody)))]
pub async fn arrive(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<DeliveryId>,
    body: Body<ProgressBody>,
) -> Result<HttpResponse, Problem> {
    progress(app, caller, id, body, Act::Arrive).await
}

/// Complete a delivery, with its proof. A coordinator completes a hand-over when the phrase failed too often.
#[utoipa::path(post, path = "/v1/deliveries/{id}/complete", operation_id = "completeDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)), request_body = CompleteDeliveryBody,
    responses((status = 200, body = RequestBody)))]
pub async fn complete(
    app: Data<App>,
    caller: By<VolunteerOrCoordinator>,
    id: OneId<DeliveryId>,
    body: Body<CompleteDeliveryBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = body.value.check(id.0, &app.keys)?;
    Ok(perform(&app, call, action, shown).await?.into())
}

/// Say that a delivery cannot be made, and why. The outcome decides what becomes of the request.
#[utoipa::path(post, path = "/v1/deliveries/{id}/fail", operation_id = "failDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)), request_body = FailDeliveryBody,
    responses((status = 200, body = RequestBody)))]
pub async fn fail(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<DeliveryId>,
    body: Body<FailDeliveryBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = ActOnRequest {
        target: Target::Delivery(id.0),
        act: Act::Fail(body.value.outcome),
        fence: body.value.fence,
        reason: text::optional(body.value.reason.as_deref(), text::REASON, "/reason")?,
    };
    Ok(perform(&app, call, action, shown).await?.into())
}

async fn progress(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<DeliveryId>,
    body: Body<ProgressBody>,
    act: Act,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = ActOnRequest { target: Target::Delivery(id.0), act, fence: body.value.fence, reason: None };
    Ok(perform(&app, call, action, shown).await?.into())
}
