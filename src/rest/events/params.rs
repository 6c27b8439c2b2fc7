//! Which events are asked for, and from where on.

use domain::event::Pattern;
use domain::id::{AreaId, EventId, any_id};
use domain::refusal::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::actions::read_events::From;
use crate::keys::Keys;
use crate::rest::page;
use crate::rest::problem::Problem;
use crate::storage::views::feed::{Cursor, EventFilter};

/// Places in the log.
const LOG: &str = "event-cursor";

/// Which events.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEventsParams {
    /// Go on after this place: `next_cursor` of the page before, or the id of an event. From the oldest on when
    /// absent.
    pub after: Option<String>,
    /// Kinds of events or families of them, separated by commas; all when absent.
    #[param(example = "request.claimed,delivery.*")]
    #[serde(rename = "type")]
    pub kinds: Option<String>,
    /// Only about the thing with this id; for a request also what happened to its claims and deliveries.
    #[param(example = "req_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub object: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

/// What to listen to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamEventsParams {
    /// Begin after this place, as in `listEvents`; with what happens next when absent. `Last-Event-ID` goes before it.
    pub after: Option<String>,
    /// Kinds of events or families of them, separated by commas; all when absent.
    #[param(example = "request.claimed,delivery.*")]
    #[serde(rename = "type")]
    pub kinds: Option<String>,
    /// Only about the thing with this id; for a request also what happened to its claims and deliveries.
    #[param(example = "req_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub object: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// End after this many seconds, 1 to 600; 600 when absent. Come back with `Last-Event-ID`; nothing is missed.
    #[param(minimum = 1, maximum = 600)]
    pub seconds: Option<u16>,
}

/// What the parameters select.
///
/// # Errors
/// Names the parameter that is not as it must be.
pub(super) fn filter(
    kinds: Option<&str>,
    object: Option<&str>,
    area: Option<AreaId>,
) -> Result<EventFilter, Problem> {
    let patterns = kinds
        .into_iter()
        .flat_map(|kinds| kinds.split(','))
        .map(|text| text.trim().parse())
        .collect::<Result<Vec<Pattern>, _>>()
        .map_err(|_| {
            let detail = "kinds such as request.claimed or families such as request.*, separated by commas; \
                          EventKind in /docs lists them";
            Problem::parameter(Code::InvalidParameter, "type", detail)
        })?;
    let object = object
        .map(|id| {
            any_id(id).ok_or_else(|| {
                Problem::parameter(Code::InvalidParameter, "object", "an id, such as that of a request")
            })
        })
        .transpose()?;
    let kinds = if patterns.is_empty() { Vec::new() } else { Pattern::kinds(&patterns) };
    Ok(EventFilter { kinds, area, object })
}

/// The place that a text names: one of our cursors, or an event.
pub(super) fn place(keys: &Keys, text: &str) -> Option<From> {
    match text.parse::<EventId>() {
        Ok(event) => Some(From::Event(event)),
        Err(_) => page::open(keys, LOG, text).map(|place| From::Cursor(unpacked(place))),
    }
}

/// A place as a text.
pub(super) fn cursor(keys: &Keys, place: Cursor) -> String {
    let (xid, seq) = (u128::from(place.xid.cast_unsigned()), u128::from(place.seq.cast_unsigned()));
    page::seal(keys, LOG, Uuid::from_u128((xid << 64) | seq))
}

fn unpacked(place: Uuid) -> Cursor {
    let (xid, seq) = place.as_u64_pair();
    Cursor { xid: xid.cast_signed(), seq: seq.cast_signed() }
}

/// The place does not exist, or the caller knows nothing of it.
pub(super) fn no_such_place(name: &str) -> Problem {
    Problem::parameter(
        Code::InvalidParameter,
        name,
        "next_cursor of a page before, unchanged, or the id of an event that you were told of",
    )
}
