//! What a volunteer may take now: where to go, the nearest first, and whom to call.

use std::collections::BTreeMap;

use domain::actor::Actor;
use domain::id::{RequestId, VolunteerId};
use domain::matching::{At, Candidate, Feed, FeedFilter, nearby};
use domain::place::Metres;
use domain::refusal::Code;

use super::shortlist_volunteers::check_loaded;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::storage::tables::candidates;
use crate::storage::tables::requests::RequestRow;
use crate::storage::views::{local_times, queue};
use crate::storage::{StorageError, Unit};

/// A request that a volunteer may take.
#[derive(Debug, Clone)]
pub struct Takeable {
    /// The request.
    pub row: RequestRow,
    /// How many lines it has.
    pub lines: u32,
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
    read(app, call, async |unit| {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        check_loaded(app)?;
        let candidate = candidate(app, unit, volunteer).await?;
        let at = local_moment(unit, &candidate).await?;
        let feed = app.fleet.look(|world| nearby(&world.open, &candidate, at, filter, k));
        shown(unit, &feed).await
    })
    .await
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
async fn shown(unit: &mut Unit<'_>, feed: &Feed) -> Result<NearbyRequests, Refusal> {
    let nearby = feed.nearby.iter().map(|seen| (seen.request, Some(seen.distance)));
    let calls = feed.calls.iter().map(|call| (call.request, None));
    let ids: Vec<RequestId> = nearby.clone().chain(calls.clone()).map(|(request, _)| request).collect();
    let mut rows = queue::still_open(unit, &ids).await?;
    let lines = queue::line_counts(unit, &ids).await?;
    Ok(NearbyRequests { nearby: pick(nearby, &mut rows, &lines), calls: pick(calls, &mut rows, &lines) })
}

fn pick(
    seen: impl Iterator<Item = (RequestId, Option<Metres>)>,
    rows: &mut BTreeMap<RequestId, RequestRow>,
    lines: &BTreeMap<RequestId, u32>,
) -> Vec<Takeable> {
    seen.filter_map(|(request, distance)| {
        let row = rows.remove(&request)?;
        Some(Takeable { row, lines: lines.get(&request).copied().unwrap_or(0), distance })
    })
    .collect()
}
