//! The hotline: what households ask for on the telephone.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;

pub use bodies::{AlikeBody, IntakeBody, IntakeDoorBody, IntakeResultBody, WaitingBody};

use super::answer;
use super::extract::{Body, By, CoordinatorOrPartner};
use super::problem::Problem;
use crate::actions::take_intake::Intake;
use crate::actions::{Answer, perform};
use crate::app::App;

/// Take in what somebody asks for on the telephone, in one call. Whoever of the households that you may know of
/// could be the one that calls is answered first, and nothing is filed: name the one that it is in `household_id`,
/// or those that it is not in `confirm`, and send the whole again under a new key. With nobody like the caller the
/// household is registered and its request filed at once; where only a landmark or the district is known it is put
/// into the middle of the area, to be located before it is verified.
#[utoipa::path(post, path = "/v1/hotline/intakes", operation_id = "takeIntake", tag = "hotline",
    request_body = IntakeBody, responses((status = 200, body = IntakeResultBody), (status = 201, body = IntakeResultBody)))]
pub async fn take_in(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    body: Body<IntakeBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsWrite)?.with_scope(Scope::RequestsWrite)?;
    // Whoever is told of households must be allowed to read them.
    let caller = caller.with_scope(Scope::HouseholdsRead)?;
    let call = caller.act(body.fingerprint)?;
    let action = body.value.check(&app.keys)?;
    Ok(perform(&app, call, action, taken).await?.into())
}

fn taken(intake: &Intake) -> Answer {
    match intake {
        Intake::Likely(alike) => answer::ok(&IntakeResultBody::of_likely(alike)),
        Intake::Filed(submitted) => {
            let location = format!("/v1/requests/{}", submitted.request.row.request());
            let shown = IntakeResultBody::of_filed(submitted);
            let kept = IntakeResultBody { phrase: None, ..IntakeResultBody::of_filed(submitted) };
            answer::created_with_secret(location, &shown, &kept)
        }
    }
}
