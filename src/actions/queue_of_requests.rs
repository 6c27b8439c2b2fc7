//! What a coordinator should look at: what waits for them, then what waits for a volunteer, the most
//! pressing first.

use std::cmp::Reverse;

use domain::Moment;
use domain::actor::Actor;
use domain::id::{OrganisationId, RequestId};
use domain::matching::{Priority, priority};
use domain::refusal::Code;

use super::shortlist_volunteers::check_loaded;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::World;
use crate::storage::tables::requests::RequestRow;
use crate::storage::views::queue;

/// A coordinator's queue.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Waits for the coordinator: the most pressing reason first, then the oldest.
    pub held: Vec<RequestRow>,
    /// Waits for a volunteer, with its priority: more is sooner.
    pub open: Vec<(RequestRow, Priority)>,
}

/// The queue of the caller's organisation, at most `limit` of either sort: were there one limit for
/// both, many held requests would hide a critical one that is open.
///
/// # Errors
/// When the caller coordinates nothing; or while the fleet is not loaded.
pub async fn queue_of_requests(app: &App, call: &Call, limit: u16) -> Result<Queue, Refusal> {
    // What they have just filed is in it.
    app.fleet.shows_what_was_written().await;
    read(app, call, async |unit| {
        let Actor::Coordinator { organisation, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        check_loaded(app)?;
        let held = queue::held(unit, organisation, i64::from(limit)).await?;
        let now = unit.now;
        let mut pressing = app.fleet.look(|world| by_priority(world, organisation, now));
        pressing.truncate(usize::from(limit));
        let ids: Vec<RequestId> = pressing.iter().map(|(request, _)| *request).collect();
        let mut rows = queue::still_open(unit, &ids).await?;
        let open = pressing
            .into_iter()
            .filter_map(|(request, priority)| rows.remove(&request).map(|row| (row, priority)))
            .collect();
        Ok(Queue { held, open })
    })
    .await
}

fn by_priority(world: &World, organisation: OrganisationId, now: Moment) -> Vec<(RequestId, Priority)> {
    let mut pressing: Vec<_> = world
        .open
        .iter()
        .filter(|request| request.organisation == organisation)
        .map(|request| {
            let now = world.times.get(&request.area).map_or(now, |time| time.at(now).now);
            (request.request, priority(request, now))
        })
        .collect();
    pressing.sort_unstable_by_key(|(request, priority)| (Reverse(priority.total()), *request));
    pressing
}
