//! Offers: what a volunteer is asked, and answers; and how the service looks for somebody, for coordinators.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Actor;
use domain::id::{OfferId, RequestId};
use domain::refusal::Code;

pub use bodies::{AnsweredOfferBody, DecisionBody, DeclineOfferBody, DispatchBody, OfferBody, OwnOfferBody};

use super::answer;
use super::claims::ClaimBody;
use super::extract::{Body, By, Coordinator, OneId, Params, Volunteer};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::requests::{Nothing, claimed};
use crate::actions::offers::{AcceptOffer, DeclineOffer};
use crate::actions::{Refusal, perform, read};
use crate::app::App;
use crate::storage::views::offers;

/// List what you are asked to take and can answer still. Accept one or decline it; whoever accepts first has it, and the
/// others are told by an event.
#[utoipa::path(get, path = "/v1/me/offers", operation_id = "listMyOffers", tag = "offers", params(PageParams),
    responses((status = 200, body = Page<OwnOfferBody>)))]
pub async fn mine(
    app: Data<App>,
    caller: By<Volunteer>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let open = read(&app, &caller.call(), async |unit| {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        Ok(offers::open_of(unit, volunteer, (wanted.after, wanted.limit)).await?)
    })
    .await?;
    let bodies = open.iter().map(OwnOfferBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, bodies, |body: &OwnOfferBody| body.id.uuid())))
}

/// Take what you were offered: a claim by the same rules as any other. One volunteer wins; the others get 409 with the
/// reason, and their offers are withdrawn.
#[utoipa::path(post, path = "/v1/offers/{id}/accept", operation_id = "acceptOffer", tag = "offers",
    params(("id" = OfferId, Path)), responses((status = 201, body = ClaimBody)))]
pub async fn accept(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<OfferId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, AcceptOffer { offer: id.0 }, claimed).await?.into())
}

/// Say that you do not take what you were offered. That counts against nobody, and the sooner it is said, the sooner
/// others are asked.
#[utoipa::path(post, path = "/v1/offers/{id}/decline", operation_id = "declineOffer", tag = "offers",
    params(("id" = OfferId, Path)), request_body = DeclineOfferBody, responses((status = 200, body = AnsweredOfferBody)))]
pub async fn decline(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<OfferId>,
    body: Body<DeclineOfferBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = DeclineOffer { offer: id.0, reason: body.value.reason };
    Ok(perform(&app, call, action, |row| answer::ok(&AnsweredOfferBody::from(row))).await?.into())
}

/// See how the service looks for somebody who takes a request: who was asked in which wave and why so many, what they
/// answered, and what happens next. Why others may not be asked is at `why-not`.
#[utoipa::path(get, path = "/v1/requests/{id}/dispatch", operation_id = "getDispatch", tag = "offers",
    params(("id" = RequestId, Path)), responses((status = 200, body = DispatchBody)))]
pub async fn dispatch(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
) -> Result<HttpResponse, Problem> {
    let found = read(&app, &caller.call(), async |unit| {
        offers::dispatch_of(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::json(&DispatchBody::of(id.0, &found)))
}
