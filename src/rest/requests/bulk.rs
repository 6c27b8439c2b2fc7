//! Many requests in one call. Each stands alone: its own transaction, its own idempotency key made from
//! the call's, its own verdict. A call that was cut off can be sent again as it was.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::refusal::Code;
use serde_json::value::RawValue;

use super::bodies::{BulkBody, BulkItemBody, BulkResultBody, SubmitRequestBody};
use super::created;
use crate::actions::{Answer, Call, Key, perform};
use crate::app::App;
use crate::rest::extract::{Body, By, CoordinatorOrPartner, MANY, digest, parse};
use crate::rest::problem::Problem;

/// The most requests in one call.
const MOST: usize = 500;

/// File up to 500 requests. Each has its own verdict, in the order sent; sending the same call again
/// with the same Idempotency-Key files none twice.
#[utoipa::path(post, path = "/v1/requests/bulk", operation_id = "submitRequests", tag = "requests",
    request_body = BulkBody, responses((status = 207, body = BulkResultBody)))]
pub async fn submit_many(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    body: Body<BulkBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsWrite)?;
    let call = caller.act(body.fingerprint)?;
    if body.value.requests.len() > MOST {
        return Err(Problem::field(Code::InvalidValue, "/requests", format!("at most {MOST}")));
    }
    let mut results = Vec::with_capacity(body.value.requests.len());
    for (place, item) in body.value.requests.into_iter().enumerate() {
        let item = item.to_string().into_bytes();
        results.push(match submit_one(&app, &call, place, &item).await {
            Ok(answer) => BulkItemBody { status: answer.status, request: raw(answer), problem: None },
            Err(problem) => {
                let problem = problem.body();
                BulkItemBody { status: problem.status, request: None, problem: Some(problem) }
            }
        });
    }
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).json(BulkResultBody { results }))
}

async fn submit_one(app: &Data<App>, call: &Call, place: usize, item: &[u8]) -> Result<Answer, Problem> {
    let action = parse::<SubmitRequestBody>(item)?.check(&app.keys)?;
    let key = call.key.clone().map(|key| Key {
        key: format!("{}/{place}", key.key),
        fingerprint: digest(item),
        ..key
    });
    Ok(perform(app, Call { key, ..call.clone() }, action, created).await?)
}

fn raw(answer: Answer) -> Option<Box<RawValue>> {
    String::from_utf8(answer.body).ok().and_then(|text| RawValue::from_string(text).ok())
}
