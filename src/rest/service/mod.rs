//! What tells about the service itself: is it alive, is it ready, what has it counted.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use domain::refusal::Code;
use domain::small_cells::told;

use super::answer;
use super::problem::Problem;
use crate::actions::{Call, Caller, Refusal, read, readiness};
use crate::app::App;
use crate::rest::envelope;
use crate::storage::views::counts;
use crate::telemetry;

const INDEX: &str = include_str!("index.html");
const SET_UP: &str = include_str!("setup.html");
const LOG_IN: &str = include_str!("login.html");
const PASSWORD: &str = include_str!("password.html");

/// Whether the process lives. Asks nothing else, so that a slow database never gets it killed.
pub async fn live() -> HttpResponse {
    answer::fleeting(&serde_json::json!({"status": "live"}))
}

/// Whether calls can be served now. Asks nobody: what is told is known already, so that one slow query
/// takes no server out of service.
///
/// # Errors
/// 503 with the reason, see [`readiness`].
pub async fn ready(app: Data<App>) -> Result<HttpResponse, Problem> {
    match readiness::hindrance(&app) {
        None => Ok(answer::fleeting(&serde_json::json!({"status": "ready"}))),
        Some(hindrance) => {
            let refusal = Refusal::because(Code::Overloaded, hindrance);
            Err(Refusal { retry_after_s: Some(5), ..refusal }.into())
        }
    }
}

/// What Prometheus reads.
pub async fn metrics() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(telemetry::render_metrics())
}

/// The keys by which access tokens are verified.
pub async fn jwks(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(app.keys.jwks())
}

/// A small page with live counts, and where to go.
///
/// # Errors
/// When the database does not answer.
pub async fn index(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let call = Call::of(Caller::System, envelope::call_id(&request));
    let counts = read(&app, &call, async |unit| Ok(counts::by_status(unit).await?)).await?;
    let rows: String = counts
        .iter()
        .map(|count| {
            format!("<tr><td>{}<td>{}<td>{}", count.object, count.status, told(count.count.unsigned_abs()))
        })
        .collect();
    Ok(page(INDEX.replace("<!--counts-->", &rows)))
}

/// The page behind the one-time link of the first administrator.
pub async fn set_up_page() -> HttpResponse {
    page(SET_UP.to_owned())
}

/// The page behind a link to log in.
pub async fn login_page() -> HttpResponse {
    page(LOG_IN.to_owned())
}

/// The page behind a one-time link to set a password.
pub async fn password_page() -> HttpResponse {
    page(PASSWORD.to_owned())
}

fn page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html)
}
