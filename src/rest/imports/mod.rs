//! Files of rows: sent as CSV, worked on in the background, their progress and their reports read.

mod bodies;

use std::time::Duration;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::SheetKind;
use futures_util::StreamExt;

pub use bodies::{ImportBody, ImportParams};

use super::extract::{By, OneId, Pace, Params, Staff, digest, media_type};
use super::problem::Problem;
use super::{answer, stream};
use crate::actions::imports::{BeginImport, Limit, Receiving};
use crate::actions::report::{self, ReadReport};
use crate::actions::{Answer, Refusal, perform_for, read, table};
use crate::app::App;
use crate::storage::rows::ImportRow;
use crate::storage::views;

/// The most rows over HTTP. Larger files are imported at the machine itself.
const MOST_ROWS: u64 = 100_000;

/// The largest file over HTTP: a kilobyte and more a row.
pub const MOST_BYTES: usize = 128 * 1024 * 1024;

/// The longest that a file may pause while it arrives.
const PAUSE: Duration = Duration::from_secs(10);

/// Import a CSV file of up to 100,000 rows. It is received whole and then worked on in the background: good
/// rows are taken in, the others reported. Sending the same file again answers what became of it.
#[utoipa::path(post, path = "/v1/imports", operation_id = "importFile", tag = "imports",
    params(ImportParams), request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = ImportBody)))]
pub async fn begin(
    app: Data<App>,
    caller: By<Staff>,
    params: Params<ImportParams>,
    request: HttpRequest,
    file: web::Payload,
) -> Result<HttpResponse, Problem> {
    if media_type(&request).is_none_or(|kind| !kind.eq_ignore_ascii_case("text/csv")) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let begin = BeginImport::from(&params.0);
    let mut receiving = Receiving::begin(&app, &caller.call(), begin, Limit::Rows(MOST_ROWS)).await?;
    if let Err(problem) = receive(&mut receiving, file).await {
        receiving.discard().await;
        return Err(problem);
    }
    let query = request.query_string().to_owned();
    let call = move |mut file: Vec<u8>| {
        file.extend_from_slice(query.as_bytes());
        caller.act(digest(&file)).map_err(|_| Refusal::from(Code::MissingIdempotencyKey))
    };
    Ok(receiving.finish(call, accepted).await?.into())
}

async fn receive(receiving: &mut Receiving, mut file: web::Payload) -> Result<(), Problem> {
    let (mut arrived, mut pace) = (0, Pace::begin());
    loop {
        let next = tokio::time::timeout(PAUSE, pace.in_time(file.next())).await;
        let Some(piece) = next.map_err(|_| Problem::from(Code::BodyTooSlow))?? else { return Ok(()) };
        let piece = piece.map_err(|_| Problem::from(Code::BodyTooSlow))?;
        arrived += piece.len();
        pace.arrived(piece.len());
        if arrived > MOST_BYTES {
            return Err(Code::BodyTooLarge.into());
        }
        receiving.feed(&piece).await?;
    }
}

/// Read how far an import is. Its counts are those of the parts that are done.
#[utoipa::path(get, path = "/v1/imports/{id}", operation_id = "getImport", tag = "imports",
    params(("id" = ImportId, Path)), responses((status = 200, body = ImportBody)))]
pub async fn get(app: Data<App>, caller: By<Staff>, id: OneId<ImportId>) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        views::imports::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::json(&ImportBody::from(&row)))
}

/// Read an import's report as CSV: row by row why it was not taken, and what to do. It holds no value of the file.
#[utoipa::path(get, path = "/v1/imports/{id}/report", operation_id = "getImportReport", tag = "imports",
    params(("id" = ImportId, Path)),
    responses((status = 200, body = String, content_type = "text/csv; charset=utf-8")))]
pub async fn report(app: Data<App>, caller: By<Staff>, id: OneId<ImportId>) -> Result<HttpResponse, Problem> {
    let call = caller.call();
    let page = move |from: ReadReport| {
        let (app, call) = (app.clone(), call.clone());
        async move { perform_for(&app, &call, from).await }
    };
    stream::table("report", &report::COLUMNS, ReadReport::of(id.0), page).await
}

/// Read a file to begin with: the columns of this kind, and one row of nobody's. What they mean, `birgemiz
/// import --columns` tells.
#[utoipa::path(get, path = "/v1/imports/templates/{id}", operation_id = "getImportTemplate", tag = "imports",
    params(("id" = SheetKind, Path)),
    responses((status = 200, body = String, content_type = "text/csv; charset=utf-8")))]
pub async fn template(_: Data<App>, _: By<Staff>, kind: OneId<SheetKind>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(table::template(kind.0)))
}

fn accepted(row: &ImportRow) -> Answer {
    let body = ImportBody::from(row);
    answer::accepted(format!("/v1/imports/{}", body.id), &body)
}
