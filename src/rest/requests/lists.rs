//! Requests listed, counted, and ordered by who should be looked at first.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::{AreaId, HouseholdId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::bodies::RequestBody;
use super::list_bodies::{QueueBody, QueuedRequestBody, RequestCountsBody};
use crate::actions::queue_of_requests::queue_of_requests;
use crate::actions::{Refusal, Unit, read};
use crate::app::App;
use crate::rest::extract::{By, Coordinator, CoordinatorOrPartner, Params};
use crate::rest::page::{self, Page};
use crate::rest::problem::Problem;
use crate::rest::{answer, filters};
use crate::storage::views::request_lists::{self, RequestFilter, RequestRow, Thing};

/// Most entries of either sort in a queue: more than a coordinator works off before asking again.
const MOST_QUEUED: u16 = 200;

/// Which requests.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRequestsParams {
    /// Statuses, separated by commas; all when absent.
    #[param(example = "open,claimed")]
    pub status: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// Only of this household.
    pub household_id: Option<HouseholdId>,
    /// Only those held for one of these reasons, separated by commas.
    #[param(example = "goods_out,bad_address")]
    pub hold: Option<String>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List your requests, the oldest first. A coordinator sees their organisation's, a partner app its own.
#[utoipa::path(get, path = "/v1/requests", operation_id = "listRequests", tag = "requests",
    params(ListRequestsParams), responses((status = 200, body = Page<RequestBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<ListRequestsParams>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsRead)?;
    let wanted = page::wanted(&app.keys, params.0.limit, params.0.cursor.as_deref())?;
    let filter = RequestFilter {
        statuses: filters::words(params.0.status.as_deref(), "status")?,
        area: params.0.area_id,
        household: params.0.household_id,
        holds: filters::words(params.0.hold.as_deref(), "hold")?,
    };
    let bodies = read(&app, &caller.call(), async |unit| {
        let rows = request_lists::list(unit, &filter, wanted.after, wanted.limit).await?;
        with_lines(unit, &rows).await
    })
    .await?;
    Ok(answer::json(&Page::of(&app.keys, wanted, bodies, |body| body.id.uuid())))
}

/// Count your requests by status. A coordinator counts their organisation's, a partner app its own.
#[utoipa::path(get, path = "/v1/requests/summary", operation_id = "countRequests", tag = "requests",
    responses((status = 200, body = RequestCountsBody)))]
pub async fn summary(app: Data<App>, caller: By<CoordinatorOrPartner>) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsRead)?;
    let counts = read(&app, &caller.call(), async |unit| Ok(request_lists::counts(unit).await?)).await?;
    Ok(answer::json(&RequestCountsBody::from(counts.as_slice())))
}

/// How much of the queue.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueParams {
    /// How many entries of either sort, 1 to 200; 200 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// See what a coordinator should look at. What is held for them comes with the reason, the most pressing
/// reason first; then what is open, by priority.
#[utoipa::path(get, path = "/v1/requests/queue", operation_id = "getQueue", tag = "requests",
    params(QueueParams), responses((status = 200, body = QueueBody)))]
pub async fn queue(
    app: Data<App>,
    caller: By<Coordinator>,
    params: Params<QueueParams>,
) -> Result<HttpResponse, Problem> {
    let limit = filters::limit(params.0.limit, MOST_QUEUED, MOST_QUEUED)?;
    let call = caller.call();
    let found = queue_of_requests(&app, &call, limit).await?;
    let rows: Vec<RequestRow> =
        found.held.iter().chain(found.open.iter().map(|(row, _)| row)).cloned().collect();
    let bodies = read(&app, &call, async |unit| with_lines(unit, &rows).await).await?;
    let priorities: BTreeMap<Uuid, _> =
        found.open.iter().map(|(row, priority)| (row.id, *priority)).collect();
    let data = bodies
        .into_iter()
        .map(|body| {
            let priority = priorities.get(&body.id.uuid()).copied();
            QueuedRequestBody::new(body, priority)
        })
        .collect();
    Ok(answer::fleeting(&QueueBody { data }))
}

async fn with_lines(unit: &mut Unit<'_>, rows: &[RequestRow]) -> Result<Vec<RequestBody>, Refusal> {
    let lines = request_lists::lines(unit, rows.iter().map(|row| row.id).collect()).await?;
    let none: &[(Thing, u32)] = &[];
    let of = |row: &RequestRow| lines.get(&row.id).map_or(none, Vec::as_slice);
    Ok(rows.iter().map(|row| RequestBody::new(row, of(row))).collect())
}
