//! Lists as CSV, for coordinators and their spreadsheets.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::extract::{By, Coordinator};
use super::problem::Problem;
use super::stream;
use crate::actions::export::{Export, Listed};
use crate::actions::perform_for;
use crate::app::App;

/// Export your organisation's households as CSV, with their doors. Every door in it is recorded as read by you.
#[utoipa::path(get, path = "/v1/exports/households", operation_id = "exportHouseholds", tag = "imports",
    responses((status = 200, body = String, content_type = "text/csv; charset=utf-8")))]
pub async fn households(app: Data<App>, caller: By<Coordinator>) -> Result<HttpResponse, Problem> {
    send(app, caller, Listed::Households, "households").await
}

/// Export your organisation's volunteers as CSV. Cells that a spreadsheet would run as formulas are made harmless.
#[utoipa::path(get, path = "/v1/exports/volunteers", operation_id = "exportVolunteers", tag = "imports",
    responses((status = 200, body = String, content_type = "text/csv; charset=utf-8")))]
pub async fn volunteers(app: Data<App>, caller: By<Coordinator>) -> Result<HttpResponse, Problem> {
    send(app, caller, Listed::Volunteers, "volunteers").await
}

/// Export your organisation's requests as CSV, without doors and notes. The oldest come first.
#[utoipa::path(get, path = "/v1/exports/requests", operation_id = "exportRequests", tag = "imports",
    responses((status = 200, body = String, content_type = "text/csv; charset=utf-8")))]
pub async fn requests(app: Data<App>, caller: By<Coordinator>) -> Result<HttpResponse, Problem> {
    send(app, caller, Listed::Requests, "requests").await
}

async fn send(
    app: Data<App>,
    caller: By<Coordinator>,
    listed: Listed,
    name: &str,
) -> Result<HttpResponse, Problem> {
    let call = caller.call();
    let page = move |export: Export| {
        let (app, call) = (app.clone(), call.clone());
        async move { perform_for(&app, &call, export).await }
    };
    stream::table(name, listed.columns(), Export { listed, after: None }, page).await
}
