//! Showing once more who one is.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::bodies::{StepUpBody, SteppedUpBody};
use crate::actions::auth::authenticators;
use crate::actions::auth::step_up::{self, SteppedUp};
use crate::app::App;
use crate::rest::answer;
use crate::rest::extract::{Body, By, ClientAddress, Person};
use crate::rest::problem::Problem;

/// Show once more who you are, by your password or by a code that `askCode` sends to your address. For five minutes you may
/// then do what is refused with `step_up_required` otherwise; the access token stays as it is. Whoever has an authenticator
/// shows a code of it too.
#[utoipa::path(post, path = "/v1/auth/step-up", operation_id = "stepUp", tag = "auth", request_body = StepUpBody,
    responses((status = 200, body = SteppedUpBody)))]
pub async fn step_up(
    app: Data<App>,
    caller: By<Person>,
    from: ClientAddress,
    body: Body<StepUpBody>,
) -> Result<HttpResponse, Problem> {
    let second = authenticators::shown(&app.keys, body.value.authenticator_code.clone(), from.0);
    let shown = body.value.shown()?;
    let render = |done: &SteppedUp| answer::ok(&SteppedUpBody { until: done.until });
    Ok(step_up::step_up(&app, caller.call(), (shown, second), render).await?.into())
}
