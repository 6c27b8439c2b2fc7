//! The one ordered feed: what happened after a place in the log, as far as the caller may know of it.

use std::sync::Arc;

use domain::actor::Actor;
use domain::event::{Sight, sight};
use domain::id::EventId;

use super::{Call, Refusal, read};
use crate::app::App;
use crate::storage::StorageError;
use crate::storage::views::feed::{self, Cursor, EventFilter, FeedRow};

/// Where a reader begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// With the oldest event there is.
    Beginning,
    /// With the next one that happens.
    Now,
    /// After the place that a page told.
    Cursor(Cursor),
    /// After this event.
    Event(EventId),
}

/// An event, and how much of it the caller may know.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The event.
    pub row: Arc<FeedRow>,
    /// How much.
    pub sight: Sight,
}

/// Some events, and where the reader stands now.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// In order.
    pub seen: Vec<Seen>,
    /// They come after here.
    pub began: Cursor,
    /// From here it goes on.
    pub next: Cursor,
    /// The last event that was looked at: as good a place as `next`, and the same while nothing happens.
    pub looked_at: Cursor,
    /// Whether something more is there already.
    pub has_more: bool,
}

/// A page of what the caller may know; none where they begin after an event that they know nothing of.
///
/// # Errors
/// When the caller may not act any more, or the database fails.
pub async fn read_events(
    app: &App,
    call: &Call,
    filter: &EventFilter,
    from: From,
    limit: i64,
) -> Result<Option<EventPage>, Refusal> {
    read(app, call, async |unit| {
        let after = match from {
            From::Beginning => Cursor::default(),
            From::Now => feed::tip(unit).await?,
            From::Cursor(cursor) => cursor,
            From::Event(id) => {
                let found = feed::find(unit, id.uuid()).await?.map(Arc::new);
                match found.map(|row| seen(&unit.actor, row)).transpose()?.flatten() {
                    Some(known) => known.row.cursor(),
                    None => return Ok(None),
                }
            }
        };
        let page = feed::page(unit, filter, after, limit).await?;
        let rows = page.rows.into_iter().map(Arc::new);
        let seen = known(&unit.actor, rows)?;
        let (next, looked_at) = (page.next, page.looked_at);
        Ok(Some(EventPage { seen, began: after, next, looked_at, has_more: page.has_more }))
    })
    .await
}

/// Who the caller is at this moment.
///
/// # Errors
/// When they may not act any more, or the database fails.
pub async fn who_is(app: &App, call: &Call) -> Result<Actor, Refusal> {
    read(app, call, async |unit| Ok(unit.actor.clone())).await
}

/// Those of the events that an actor may know of.
///
/// # Errors
/// When a row of the log is not as it must be.
pub fn known(actor: &Actor, rows: impl Iterator<Item = Arc<FeedRow>>) -> Result<Vec<Seen>, StorageError> {
    rows.filter_map(|row| seen(actor, row).transpose()).collect()
}

fn seen(actor: &Actor, row: Arc<FeedRow>) -> Result<Option<Seen>, StorageError> {
    let sight = sight(actor, &row.about()?);
    Ok(sight.map(|sight| Seen { row, sight }))
}
