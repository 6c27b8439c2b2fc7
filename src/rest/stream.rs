//! Tables that are sent as they are read, so that their length does not matter.

use std::future::Future;
use std::io::Error;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream};

use super::problem::Problem;
use crate::actions::Refusal;
use crate::actions::table::Table;

/// Sends a table with this header: `page` reads on from where it is told, and tells from where to go on.
///
/// # Errors
/// When the first page cannot be read; later the stream breaks off.
pub async fn table<C, F, R>(name: &str, columns: &[&str], start: C, page: F) -> Result<HttpResponse, Problem>
where
    C: 'static,
    F: Fn(C) -> R + 'static,
    R: Future<Output = Result<(Table, Option<C>), Refusal>> + 'static,
{
    let (first, next) = page(start).await?;
    let mut head = Table::with_header(columns).into_bytes();
    head.extend(first.into_bytes());
    let page = Rc::new(page);
    let rest = stream::try_unfold(next, move |next| {
        let page = Rc::clone(&page);
        async move {
            let Some(from) = next else { return Ok::<_, Error>(None) };
            // The answer has begun; all that is left is to break it off, and to say why in the log.
            let (table, next) = page(from).await.map_err(|refusal| {
                tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "a table broke off");
                Error::other(refusal.code.as_str())
            })?;
            Ok(Some((Bytes::from(table.into_bytes()), next)))
        }
    });
    let all = stream::once(async move { Ok(Bytes::from(head)) }).chain(rest);
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")));
    Ok(answer.streaming(all))
}
