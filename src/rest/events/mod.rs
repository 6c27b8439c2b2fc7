//! The one ordered feed of what happened, as a list and as a stream.

mod bodies;
mod listening;
mod params;

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use domain::refusal::Code;
use serde::Serialize;
use utoipa::ToSchema;

pub use bodies::{ChangeBody, EventActorBody, EventBody, ObjectBody, WebhookPayloadBody, payload};
pub use params::{ListEventsParams, StreamEventsParams};

use self::listening::Listening;
use super::answer;
use super::extract::{Anybody, By, Params};
use super::page;
use super::problem::Problem;
use crate::actions::read_events::{From, read_events};
use crate::app::App;
use crate::rest::filters;

/// The longest that a stream lasts: whoever listens comes back with a fresh token.
const LONGEST: u16 = 600;

/// Events, and where the next ones are.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsBody {
    /// The events, in the order in which they took effect.
    pub data: Vec<EventBody>,
    /// Pass it as `after` for what comes next. It is always here, also when nothing was found: keep it, and ask again.
    pub next_cursor: String,
    /// Whether more is there already. A page may be short, or empty, although there is: others' events lie between.
    pub has_more: bool,
}

/// List what happened, in one order and without gaps. Keep `next_cursor` and ask again with it: nothing is skipped or
/// told twice, also when several transactions end at the same time. Coordinators and administrators see what concerns
/// their organisation, partner apps what became of what they filed, volunteers their own part.
#[utoipa::path(get, path = "/v1/events", operation_id = "listEvents", tag = "events",
    params(ListEventsParams), responses((status = 200, body = EventsBody)))]
pub async fn list(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<ListEventsParams>,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let limit = page::wanted(&app.keys, walk, params.limit, None)?.limit;
    let filter = params::filter(params.kinds.as_deref(), params.object.as_deref(), params.area_id)?;
    let from = match params.after.as_deref() {
        None => From::Beginning,
        Some(text) => params::place(&app.keys, text).ok_or_else(|| params::no_such_place("after"))?,
    };
    let page = read_events(&app, &caller.call(), &filter, from, limit)
        .await?
        .ok_or_else(|| params::no_such_place("after"))?;
    Ok(answer::json(&EventsBody {
        data: page.seen.iter().map(EventBody::new).collect(),
        next_cursor: params::cursor(&app.keys, page.looked_at),
        has_more: page.has_more,
    }))
}

/// Be told what happens as it happens, as server-sent events. Each has the event's type as its name, the event as its
/// data, and as its id a place from which to go on: send the last one as `Last-Event-ID` when you come back (browsers do
/// so by themselves) and nothing is missed. A comment comes every 15 seconds when nothing else does. However slowly you
/// read, nothing is left out: what you are behind is read from the log. An event named `resync` means that the place
/// you named is not known here: read anew what you hold, then go on. One caller may listen to ten streams at once,
/// unless an operator set another number; then 429 `too_many_streams`.
#[utoipa::path(get, path = "/v1/events/stream", operation_id = "streamEvents", tag = "events",
    params(StreamEventsParams, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that you heard.")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<StreamEventsParams>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params = params.0;
    let filter = params::filter(params.kinds.as_deref(), params.object.as_deref(), params.area_id)?;
    let seconds = filters::limit(params.seconds, LONGEST, LONGEST)
        .map_err(|_| Problem::parameter(Code::InvalidParameter, "seconds", format!("from 1 to {LONGEST}")))?;
    let last_heard = request.headers().get("last-event-id").and_then(|value| value.to_str().ok());
    let from = match (last_heard, params.after.as_deref()) {
        // A browser cannot be told why a connection is refused, so it is told on the stream.
        (Some(text), _) => params::place(&app.keys, text),
        (None, Some(text)) => {
            Some(params::place(&app.keys, text).ok_or_else(|| params::no_such_place("after"))?)
        }
        (None, None) => Some(From::Now),
    };
    let life = Duration::from_secs(u64::from(seconds));
    let listening = Listening::begin(&app, caller.call(), filter, from, life).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Neither we nor a proxy may hold events back in order to send or press more of them at once.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(listening.into_stream()))
}
