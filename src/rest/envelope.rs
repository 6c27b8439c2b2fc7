//! What surrounds every call: its id, its deadline, its log line, its metrics, and that a panic or a
//! hang still gets an answer.

use std::cell::Cell;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use domain::refusal::Code;
use futures_util::FutureExt;

use super::problem::Problem;
use super::refused;
use crate::actions::Refusal;
use crate::app::App;
use crate::clock;

/// The longest that any call may take once its body is here. Longer than every deadline inside it.
const DEADLINE: Duration = Duration::from_secs(20);

/// When a call that nothing could be done for may come again, in seconds.
const COME_BACK_S: u32 = 2;

/// The longest call id that is taken over from a client.
const MAX_CALL_ID: usize = 100;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest head that is read: path, query and headers together. Ours need a tenth of it.
const LONGEST_HEAD: usize = 16 * 1024;

tokio::task_local! {
    static CALL_ID: String;
    /// When the call is given up.
    static GIVEN_UP: Cell<Instant>;
}

/// Gives the call its whole time from now on: a body that arrives slowly takes none of it.
pub fn begin_anew() {
    // Outside of a call there is nothing to put off.
    let _ = GIVEN_UP.try_with(|given_up| given_up.set(clock::instant() + DEADLINE));
}

/// The id of the call that this task serves.
#[must_use]
pub fn current_call_id() -> String {
    CALL_ID.try_with(Clone::clone).unwrap_or_else(|_| clock::new_id().to_string())
}

/// The id of a call, from its request.
#[must_use]
pub fn call_id(request: &HttpRequest) -> String {
    request.extensions().get::<CallId>().map_or_else(current_call_id, |id| id.0.clone())
}

struct CallId(String);

/// The answer to a call that never comes into an envelope.
#[must_use]
pub fn answer_at_once(request: &ServiceRequest, problem: &Problem) -> HttpResponse {
    let id = taken_over(request).unwrap_or_else(|| clock::new_id().to_string());
    let mut answer = CALL_ID.sync_scope(id.clone(), || problem.error_response());
    seal(answer.headers_mut(), &id);
    answer
}

/// Wraps a call in its envelope.
///
/// # Errors
/// With a finished answer, when the call panicked or ran out of time.
pub async fn wrap<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let started = clock::instant();
    let id = taken_over(&request).unwrap_or_else(|| clock::new_id().to_string());
    request.extensions_mut().insert(CallId(id.clone()));
    let under_way = request.app_data::<Data<App>>().map(|app| app.draining.begin());
    let outcome = enveloped(request, next, id, started).await;
    if let Some(call) = under_way {
        call.finish();
    }
    outcome
}

async fn enveloped<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    id: String,
    started: Instant,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let given_up = Cell::new(started + DEADLINE);
    match CALL_ID.scope(id.clone(), GIVEN_UP.scope(given_up, guarded(request, next))).await {
        Ok(mut response) => {
            seal(response.headers_mut(), &id);
            record(&response, &id, clock::since(started));
            refused::note(&response);
            Ok(response)
        }
        // The request went with the work that broke off; the answer is made without it.
        Err(problem) => {
            let mut answer = CALL_ID.sync_scope(id.clone(), || problem.error_response());
            seal(answer.headers_mut(), &id);
            Err(InternalError::from_response("the call broke off", answer).into())
        }
    }
}

async fn guarded<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Problem> {
    if head_is_too_long(&request) {
        return Err(Code::HeadTooLarge.into());
    }
    if is_misdirected(&request) {
        return Err(Code::WrongHost.into());
    }
    let app = request.app_data::<Data<App>>().cloned();
    let served = AssertUnwindSafe(next.call(request)).catch_unwind();
    match while_it_helps(app, served).await {
        Some(Ok(Ok(response))) => Ok(response),
        Some(Ok(Err(error))) => {
            tracing::error!(%error, "a service failed without an answer");
            Err(Code::Internal.into())
        }
        Some(Err(_panic)) => {
            metrics::counter!("birgemiz_panics_total").increment(1);
            tracing::error!("a handler panicked");
            Err(Code::Internal.into())
        }
        None => Err(Refusal { retry_after_s: Some(COME_BACK_S), ..Refusal::new(Code::Overloaded) }.into()),
    }
}

/// Serves until the deadline, and no longer than until the database is known to be away: a server that
/// was stopped runs none of the time-outs that it was given. What was begun ends by itself.
async fn while_it_helps<T>(app: Option<Data<App>>, work: impl Future<Output = T>) -> Option<T> {
    let away = async {
        match app {
            Some(app) => app.database.is_away().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        done = work => Some(done),
        () = away => None,
        () = given_up() => None,
    }
}

/// Returns when the call has had its time, however often that began anew.
async fn given_up() {
    while let Ok(at) = GIVEN_UP.try_with(Cell::get)
        && at > clock::instant()
    {
        tokio::time::sleep_until(at.into()).await;
    }
}

fn head_is_too_long(request: &ServiceRequest) -> bool {
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    headers + request.uri().path().len() + request.query_string().len() > LONGEST_HEAD
}

/// Whether the call was meant for another host. Whoever only asks whether the service lives may know its address alone.
fn is_misdirected(request: &ServiceRequest) -> bool {
    let Some(app) = request.app_data::<Data<App>>().filter(|app| app.public_hosts.are_set()) else {
        return false;
    };
    let path = request.match_info().as_str();
    if path.starts_with("/health/") || path == "/metrics" {
        return false;
    }
    // Never what a proxy says it was called by: anybody can say so.
    let mut named = request.headers().get_all(header::HOST).filter_map(|value| value.to_str().ok());
    match (request.uri().authority(), named.next(), named.next()) {
        (Some(authority), _, _) => !app.public_hosts.hold(authority.as_str()),
        (None, Some(host), None) => !app.public_hosts.hold(host),
        (None, _, _) => true,
    }
}

/// A client's own id is kept when it is short and plain, so that it can be logged as it is.
fn taken_over(request: &ServiceRequest) -> Option<String> {
    let text = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    (plain && !text.is_empty() && text.len() <= MAX_CALL_ID).then(|| text.to_owned())
}

fn seal(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

fn record<B>(response: &ServiceResponse<B>, id: &str, took: Duration) {
    let request = response.request();
    // The pattern, never the path: a path holds ids, and there are endlessly many.
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let (method, status) = (request.method(), response.status());
    metrics::histogram!(
        "birgemiz_http_seconds", "method" => word(method), "route" => route.clone(), "status" => status.as_str().to_owned()
    )
    .record(took.as_secs_f64());
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    // A reading that was answered changed nothing, and there are by far the most of them.
    if method.is_safe() && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED) {
        tracing::debug!(call_id = id, %method, %route, status, took_us, "call");
    } else {
        tracing::info!(call_id = id, %method, %route, status, took_us, "call");
    }
}

/// A method as a label. There are few, but a client may make up any.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};

    use super::*;

    async fn panics() -> HttpResponse {
        panic!("as asked")
    }

    #[actix_web::test]
    async fn a_panic_is_answered_as_a_problem_under_the_calls_id() {
        let app = App::new().route("/", web::get().to(panics)).wrap(from_fn(wrap));
        let app = test::init_service(app).await;
        let request =
            test::TestRequest::get().uri("/").insert_header(("x-request-id", "mine-1")).to_request();
        let error = test::try_call_service(&app, request).await.unwrap_err();
        let answer = error.error_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers().get("x-request-id").unwrap(), "mine-1");
        assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&problem["code"], &problem["request_id"]), (&"internal".into(), &"mine-1".into()));
    }
}
