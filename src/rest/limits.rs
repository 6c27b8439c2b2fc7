//! How often somebody may call: counted before anything else is done for them, and told with every answer in the
//! headers of draft-ietf-httpapi-ratelimit-headers.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, ResponseError};
use domain::refusal::Code;

use super::extract::{ClientAddress, bearer_of};
use super::problem::Problem;
use super::tokens::Bearer;
use crate::actions::Refusal;
use crate::actions::lease_calls::{Limited, Standing, UsedUp};
use crate::app::App;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What is limited. Whether the service lives and is ready may be asked at any time.
const LIMITED: &str = "/v1/";

/// Lets a call through, or tells its caller to wait.
///
/// # Errors
/// With those of the call itself.
pub async fn wrap<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let (Some(app), Some(limited)) = (app, limited(&request)) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    match app.quotas.admit(&app, limited).await {
        Ok(standings) => {
            let mut response = next.call(request).await?;
            tell(response.headers_mut(), &standings);
            Ok(response.map_into_left_body())
        }
        Err(used_up) => {
            let mut response = request.into_response(refused(&used_up).error_response());
            tell(response.headers_mut(), &used_up.standings);
            Ok(response.map_into_right_body())
        }
    }
}

fn limited(request: &ServiceRequest) -> Option<Limited> {
    // As routing reads it: `%76` is a `v` there as well.
    if !request.match_info().as_str().starts_with(LIMITED) {
        return None;
    }
    if let Some(bearer) = bearer_of(request.request()) {
        let limited = match *bearer {
            Bearer::Person { user, .. } => Limited::Person(user),
            Bearer::Partner { partner, .. } => Limited::Partner(partner),
        };
        // Found good here, it is not looked at again.
        request.extensions_mut().insert(bearer);
        return Some(limited);
    }
    ClientAddress::of(request.request()).0.map(Limited::Address)
}

fn refused(used_up: &UsedUp) -> Problem {
    let detail = format!("the quota `{}` of the RateLimit-Policy header is used up", used_up.name);
    let refusal = Refusal::because(Code::QuotaExceeded, detail);
    Refusal { retry_after_s: Some(used_up.retry_after_s), ..refusal }.into()
}

fn tell(headers: &mut HeaderMap, standings: &[Standing]) {
    let policy = |standing: &Standing| {
        format!("\"{}\";q={};w={}", standing.name, standing.quota.calls, standing.quota.window_s)
    };
    let limit = |standing: &Standing| {
        format!("\"{}\";r={};t={}", standing.name, standing.left, standing.for_ms.div_ceil(1_000))
    };
    let list = |one: &dyn Fn(&Standing) -> String| standings.iter().map(one).collect::<Vec<_>>().join(", ");
    for (name, value) in [(POLICY, list(&policy)), (LIMIT, list(&limit))] {
        if let Ok(value) = HeaderValue::from_str(&value)
            && !standings.is_empty()
        {
            headers.insert(name, value);
        }
    }
}
