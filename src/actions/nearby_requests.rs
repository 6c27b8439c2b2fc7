//! What a volunteer may take now: where to go, the nearest first, and whom to call.
//!
//! Answered from memory while it stands on firm ground, else by the database: the same answer, but that a
//! request may still be told of for as long as the log lags.

use std::sync::Arc;

use domain::actor::Actor;
use domain::id::{RequestId, VolunteerId};
use domain::matching::{At, Candidate, Feed, FeedFilter, nearby};
use domain::place::Metres;
use domain::refusal::Code;

use super::shortlist_volunteers::check_loaded;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::Mark;
use crate::storage::tables::candidates;
use crate::storage::tables::requests::RequestRow;
use crate::storage::views::{local_times, queue};
use crate::storage::{StorageError, Unit};

pub use crate::fleet::Shown;

/// A request that a volunteer may take.
#[derive(Debug, Clone)]
pub struct Takeable {
    /// The request.
    pub shown: Arc<Shown>,
    /// From the volunteer to the coarse point, where somebody has to go.
    pub distance: Option<Metres>,
}

/// What a volunteer may take now.
#[derive(Debug, Clone, Default)]
pub struct NearbyRequests {
    /// Where to go, the nearest first.
    pub nearby: Vec<Takeable>,
    /// Whom to call, the most pressing first.
    pub calls: Vec<Takeable>,
}

/// What the calling volunteer may take and wants to see, at most `k` of either sort.
///
/// # Errors
/// When they are not approved; or while the fleet is not loaded.
pub async fn nearby_requests(
    app: &App,
    call: &Call,
    filter: &FeedFilter,
    k: usize,
) -> Result<NearbyRequests, Refusal> {
    if let Some(remembered) = remembered(app, call, filter, k) {
        return Ok(remembered);
    }
    // What they have just changed about themselves counts.
    app.fleet.shows_what_was_written().await;
    let mark = app.fleet.recall().mark();
    read(app, call, async |unit| {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        check_loaded(app)?;
        let candidate = candidate(app, unit, volunteer).await?;
        let at = local_moment(unit, &candidate).await?;
        let feed = app.fleet.look(|world| nearby(&world.open, &candidate, at, filter, k));
        shown(app, unit, &feed, mark).await
    })
    .await
}

/// The whole answer from memory; none where anything of it is not there.
fn remembered(app: &App, call: &Call, filter: &FeedFilter, k: usize) -> Option<NearbyRequests> {
    let footing = app.fleet.footing(call.caller)?;
    let Actor::Volunteer { volunteer, .. } = *footing.actor else { return None };
    let feed = app.fleet.look(|world| {
        let candidate = world.fleet.get(volunteer).filter(|known| known.approved)?;
        let at = world.times.get(&candidate.area)?.at(footing.now);
        Some(nearby(&world.open, candidate, at, filter, k))
    })?;
    let takeable =
        |request, distance| Some(Takeable { shown: app.fleet.recall().request(request)?, distance });
    Some(NearbyRequests {
        nearby: feed
            .nearby
            .iter()
            .map(|seen| takeable(seen.request, Some(seen.distance)))
            .collect::<Option<_>>()?,
        calls: feed.calls.iter().map(|call| takeable(call.request, None)).collect::<Option<_>>()?,
    })
}

/// The volunteer as the fleet knows them; as the database does, where the fleet may be behind.
async fn candidate(app: &App, unit: &mut Unit<'_>, volunteer: VolunteerId) -> Result<Candidate, Refusal> {
    let known = app.fleet.look(|world| world.fleet.get(volunteer).cloned());
    let candidate = match known.filter(|known| known.approved) {
        Some(known) => Some(known),
        None => candidates::candidates(unit, &[volunteer.uuid()]).await?.pop(),
    };
    let unfit = || Refusal::because(Code::NotEligible, domain::matching::Refusal::NotApproved.as_str());
    candidate.filter(|candidate| candidate.approved).ok_or_else(unfit)
}

async fn local_moment(unit: &mut Unit<'_>, candidate: &Candidate) -> Result<At, Refusal> {
    let time = local_times::local_time(unit, candidate.area)
        .await?
        .ok_or_else(|| StorageError::Impossible("a volunteer of no area".to_owned()))?;
    Ok(time.at(unit.now))
}

/// Memory pointed at them; only those that are still open are shown, as they are now.
async fn shown(app: &App, unit: &mut Unit<'_>, feed: &Feed, mark: Mark) -> Result<NearbyRequests, Refusal> {
    let nearby = feed.nearby.iter().map(|seen| (seen.request, Some(seen.distance)));
    let calls = feed.calls.iter().map(|call| (call.request, None));
    let ids: Vec<RequestId> = nearby.clone().chain(calls.clone()).map(|(request, _)| request).collect();
    let mut rows = queue::still_open(unit, &ids).await?;
    let lines = queue::line_counts(unit, &ids).await?;
    let mut keep = |request: RequestId| {
        let row: RequestRow = rows.remove(&request)?;
        Some(app.fleet.recall().keep_request(row, lines.get(&request).copied().unwrap_or(0), mark))
    };
    Ok(NearbyRequests { nearby: pick(nearby, &mut keep), calls: pick(calls, &mut keep) })
}

fn pick(
    seen: impl Iterator<Item = (RequestId, Option<Metres>)>,
    mut shown: impl FnMut(RequestId) -> Option<Arc<Shown>>,
) -> Vec<Takeable> {
    seen.filter_map(|(request, distance)| Some(Takeable { shown: shown(request)?, distance })).collect()
}
