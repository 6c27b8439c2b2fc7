//! Sandboxes, as the partner apps that belong to them see them: what time it is there, and how it is advanced.

mod bodies;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;

pub use bodies::{AdvanceClockBody, SandboxBody};

use super::answer;
use super::extract::{Body, By, Partner};
use super::problem::Problem;
use crate::actions::advance_clock::{self, AdvanceClock, SandboxTime};
use crate::actions::{perform, read};
use crate::app::App;

/// How long an answer waits for what came due: less than a call may take. What is not done by then is done soon after.
const PATIENCE: Duration = Duration::from_secs(12);

/// Read what time it is in your sandbox. For keys that belong to one; everybody else's time is the real one.
#[utoipa::path(get, path = "/v1/sandbox", operation_id = "getSandbox", tag = "sandbox",
    responses((status = 200, body = SandboxBody)))]
pub async fn get(app: Data<App>, caller: By<Partner>) -> Result<HttpResponse, Problem> {
    let found = read(&app, &caller.call(), async |unit| advance_clock::own_sandbox(unit).await).await?;
    Ok(answer::json(&SandboxBody::from(&found)))
}

/// Advance the time of your sandbox. Leases lapse, requests expire, silence is followed up, calls come due and
/// webhooks are tried again as if that time had passed; when the answer comes, the first of that is done already.
/// Time only goes forward, at most 31 days at once and 366 days in all, and nowhere but in a sandbox.
#[utoipa::path(post, path = "/v1/sandbox/clock", operation_id = "advanceClock", tag = "sandbox",
    request_body = AdvanceClockBody, responses((status = 200, body = SandboxBody)))]
pub async fn advance(
    app: Data<App>,
    caller: By<Partner>,
    body: Body<AdvanceClockBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = AdvanceClock { by: body.value.try_into()? };
    let answer =
        perform(&app, call, action, |moved: &SandboxTime| answer::ok(&SandboxBody::from(moved))).await?;
    if !answer.replayed && !app.wakeup.was_followed(app.wakeup.clock_moved(), PATIENCE).await {
        tracing::warn!("a clock was moved, and what came due by it is not done yet");
    }
    Ok(answer.into())
}
