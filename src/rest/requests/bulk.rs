//! Many requests in one call.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use domain::actor::Scope;

use super::bodies::{BulkBody, BulkItemBody, BulkResultBody, SubmitRequestBody};
use super::created;
use crate::app::App;
use crate::rest::bulk;
use crate::rest::dry_run::DryRunParams;
use crate::rest::extract::{Body, By, CoordinatorOrPartner, MANY, Params, parse};
use crate::rest::problem::Problem;

/// File up to 500 requests. Each has its own verdict, in the order sent; sending the same call again
/// with the same Idempotency-Key files none twice.
#[utoipa::path(post, path = "/v1/requests/bulk", operation_id = "submitRequests", tag = "requests",
    params(DryRunParams), request_body = BulkBody, responses((status = 207, body = BulkResultBody)))]
pub async fn submit_many(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<DryRunParams>,
    body: Body<BulkBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsWrite)?;
    let call = params.0.of(caller.act(body.fingerprint)?);
    let check = |thing: &[u8]| parse::<SubmitRequestBody>(thing)?.check(&app.keys);
    let verdicts = bulk::each(&app, &call, ("requests", body.value.requests), check, created).await?;
    let results = verdicts.into_iter().map(|verdict| BulkItemBody {
        status: verdict.status,
        request: verdict.made,
        problem: verdict.problem,
    });
    let results = BulkResultBody { results: results.collect() };
    Ok(params.0.told(HttpResponse::build(StatusCode::MULTI_STATUS).json(results)))
}
