//! Calls that operators of the hotline make: the queue, taking one, telling how it went.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{AreaId, CallId};
use domain::words::Urgency;
use serde::Deserialize;
use utoipa::IntoParams;

pub use bodies::{CallBody, LockedCallBody, OrderCallBody, OutcomeBody};

use super::extract::{Body, By, Coordinator, OneId, Params};
use super::page::{self, Page};
use super::problem::Problem;
use super::requests::Nothing;
use super::{answer, filters};
use crate::actions::calls::{AnswerCall, LockCall, LockedCall, OrderCall, WhichCall};
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::rows::CallRow;
use crate::storage::views::call_lists::{self, CallFilter};

/// Which calls.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCallsParams {
    /// Statuses, separated by commas; those that wait when absent.
    #[param(example = "waiting")]
    pub status: Option<String>,
    /// Purposes, separated by commas; all when absent.
    #[param(example = "acknowledgement,still_needed")]
    pub purpose: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// See whom your organisation's operators are to call, the next first: the most urgent, then the oldest. Nobody is
/// called before `due_at`, nor in the quiet hours of their area; numbers are told to who locks a call.
#[utoipa::path(get, path = "/v1/calls", operation_id = "listCalls", tag = "hotline",
    params(ListCallsParams), responses((status = 200, body = Page<CallBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Coordinator>,
    params: Params<ListCallsParams>,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let statuses = params.status.as_deref().or(Some("waiting"));
    let filter = CallFilter {
        statuses: filters::words(statuses, "status")?,
        purposes: filters::words(params.purpose.as_deref(), "purpose")?,
        area: params.area_id,
    };
    let rows = read(&app, &caller.call(), async |unit| {
        let organisation = unit.actor.organisation().ok_or_else(Refusal::not_found)?;
        Ok(call_lists::list(unit, organisation, &filter, wanted.after, wanted.limit).await?)
    })
    .await?;
    let data = rows.iter().map(CallBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &CallBody| body.id.uuid())))
}

/// Have a household called about one of its requests. Use it where somebody promised to call back.
#[utoipa::path(post, path = "/v1/calls", operation_id = "orderCall", tag = "hotline",
    request_body = OrderCallBody, responses((status = 201, body = CallBody)))]
pub async fn order(
    app: Data<App>,
    caller: By<Coordinator>,
    body: Body<OrderCallBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let OrderCallBody { request_id, call_at, urgency } = body.value;
    let action = OrderCall { request: request_id, at: call_at, urgency: urgency.unwrap_or(Urgency::Normal) };
    let ordered = |row: &CallRow| answer::created(format!("/v1/calls/{}", row.call()), &CallBody::from(row));
    Ok(perform(&app, call, action, ordered).await?.into())
}

/// Take the next call that is due, with the number to dial; 204 when there is none. It is yours until
/// `locked_until`; ask again while you hold one, and you are told of the same for longer. The reading of the number
/// is recorded.
#[utoipa::path(post, path = "/v1/calls/next", operation_id = "lockNextCall", tag = "hotline",
    responses((status = 200, body = LockedCallBody), (status = 204)))]
pub async fn lock_next(
    app: Data<App>,
    caller: By<Coordinator>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, LockCall { which: WhichCall::Next }, locked).await?.into())
}

/// Take this call, with the number to dial, also before it is due. One operator makes one call at a time: tell how
/// yours went first. The reading of the number is recorded.
#[utoipa::path(post, path = "/v1/calls/{id}/lock", operation_id = "lockCall", tag = "hotline",
    params(("id" = CallId, Path)), responses((status = 200, body = LockedCallBody)))]
pub async fn lock(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<CallId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, LockCall { which: WhichCall::One(id.0) }, locked).await?.into())
}

fn locked(locked: &Option<LockedCall>) -> Answer {
    match locked {
        Some(locked) => {
            let kept = LockedCallBody::kept(locked);
            answer::ok_with_secret(&LockedCallBody::shown(locked), &kept)
        }
        None => answer::no_content(),
    }
}

/// Tell how the call went that you hold. It is made again later after `no_answer`, each time later, and at
/// `call_back_at`; `reached` confirms what was delivered, `help_not_needed` calls the request off.
#[utoipa::path(post, path = "/v1/calls/{id}/outcome", operation_id = "answerCall", tag = "hotline",
    params(("id" = CallId, Path)), request_body = OutcomeBody, responses((status = 200, body = CallBody)))]
pub async fn outcome(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<CallId>,
    body: Body<OutcomeBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = AnswerCall { call: id.0, answered: body.value.answered()? };
    Ok(perform(&app, call, action, |row| answer::ok(&CallBody::from(row))).await?.into())
}
