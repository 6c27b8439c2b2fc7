//! Plans: everything open of an area given to whoever may, as a proposal that coordinators change and carry out.

mod bodies;
mod wishes;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{AreaId, PlanId};
use serde::Deserialize;
use utoipa::IntoParams;

pub use bodies::{
    AssignedBody, GapBody, LeftOverBody, PlanBody, PlanOutcomeBody, PlanSummaryBody, RefusedCountBody,
    SkippedBody, TaskBody, TaskListBody, TotalsBody, WaitsBody,
};
pub use wishes::{
    EditBody, EditPlanBody, EditWord, MOST_EDITS, MOST_SEED, MOST_WEIGHT_S, MakePlanBody, POLICY_LIMITS,
};

use super::answer;
use super::extract::{Body, By, Coordinator, MANY, OneId, Params};
use super::page::{self, Page};
use super::problem::Problem;
use super::requests::Nothing;
use crate::actions::plans::{CommitPlan, EditPlan, Planned, make_plan};
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::plans;

/// Compute who should do which of an area's open requests: all that is open of your organisation, given to whoever may
/// and has room so that the whole costs least, provably. Nothing happens by it: change it by `edits` as often as you like,
/// and `commit` it when it is right.
#[utoipa::path(post, path = "/v1/plans", operation_id = "makePlan", tag = "plans",
    request_body = MakePlanBody, responses((status = 201, body = PlanBody)))]
pub async fn make(
    app: Data<App>,
    caller: By<Coordinator>,
    body: Body<MakePlanBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let wish = body.value.wish()?;
    Ok(make_plan(&app, call, wish, made).await?.into())
}

/// Which plans.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPlansParams {
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List your organisation's plans, the oldest first, without who does what. Read one of them for that.
#[utoipa::path(get, path = "/v1/plans", operation_id = "listPlans", tag = "plans",
    params(ListPlansParams), responses((status = 200, body = Page<PlanSummaryBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Coordinator>,
    params: Params<ListPlansParams>,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let (area, which) = (params.area_id, (wanted.after, wanted.limit));
    let rows = read(&app, &caller.call(), async |unit| Ok(plans::list(unit, area, which).await?)).await?;
    let data = rows.iter().map(PlanSummaryBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &PlanSummaryBody| body.id.uuid())))
}

/// Read a plan: who would do what, what is left over and why, how long requests wait before and after it, and how far from
/// the best it can be at most. Once it is committed, also what came of it.
#[utoipa::path(get, path = "/v1/plans/{id}", operation_id = "getPlan", tag = "plans",
    params(("id" = PlanId, Path)), responses((status = 200, body = PlanBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<PlanId>,
) -> Result<HttpResponse, Problem> {
    let (row, record) = read(&app, &caller.call(), async |unit| {
        plans::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    let version = row.version;
    Ok(answer::versioned(&PlanBody::from(&Planned { row, record }), version))
}

/// Want something of a plan otherwise: lock a request to a volunteer, forbid a pair, drop a request, or take any of that
/// back. It is settled again at once, from where it was; all edits of a call are made, or none.
#[utoipa::path(post, path = "/v1/plans/{id}/edits", operation_id = "editPlan", tag = "plans",
    params(("id" = PlanId, Path)), request_body = EditPlanBody, responses((status = 200, body = PlanBody)))]
pub async fn edit(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<PlanId>,
    body: Body<EditPlanBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = EditPlan { plan: id.0, edits: body.value.edits()? };
    Ok(perform(&app, call, action, shown).await?.into())
}

/// Carry a plan out: each of its tasks is claimed for its volunteer by the rules of any claim, all in one transaction. What
/// has changed since it was made is left as it is, and named in `outcome` with the reason. A plan is committed once.
#[utoipa::path(post, path = "/v1/plans/{id}/commit", operation_id = "commitPlan", tag = "plans",
    params(("id" = PlanId, Path)), responses((status = 200, body = PlanBody)))]
pub async fn commit(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<PlanId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, CommitPlan { plan: id.0 }, shown).await?.into())
}

fn made(planned: &Planned) -> Answer {
    let body = PlanBody::from(planned);
    answer::created(format!("/v1/plans/{}", body.summary.id), &body)
}

fn shown(planned: &Planned) -> Answer {
    answer::ok(&PlanBody::from(planned))
}
