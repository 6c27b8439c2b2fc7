//! Many requests in one call.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;

use super::bodies::{BulkBody, BulkItemBody, BulkResultBody, SubmitRequestBody};
use super::created;
use crate::app::App;
use crate::rest::bulk::{self, Verdict};
use crate::rest::dry_run::DryRunParams;
use crate::rest::extract::{Body, By, CoordinatorOrPartner, MANY, Params, parse};
use crate::rest::problem::Problem;

/// File up to 500 requests. Each has its own verdict, in the order sent; sending the same call again with the same
/// Idempotency-Key goes on where it was cut off, files none twice, and says Idempotent-Replayed where it had nothing
/// left to do. The key is bound to the whole: with a request added, left out or changed, the call is refused as a whole,
/// `idempotency_key_reused`. What was bad goes, corrected, into a call of its own.
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
    let one = |verdict: Verdict| BulkItemBody {
        status: verdict.status,
        request: verdict.made,
        problem: verdict.problem,
    };
    Ok(params.0.told(verdicts.told(one, |results| BulkResultBody { results })))
}
