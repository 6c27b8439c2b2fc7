//! What the log tells between two looks: who was touched, as they are now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Moment;
use domain::id::{AreaId, RequestId, VolunteerId};
use domain::life::RequestStatus;
use domain::matching::Candidate;
use uuid::Uuid;

use super::World;
use super::reports::Reports;
use crate::storage::events::{self, Cursor, Touched};
use crate::storage::unit::{OpenError, Opening};
use crate::storage::views::local_times;
use crate::storage::views::matching::{self, Matchable};
use crate::storage::{Caller, Database, LocalTime, StorageError, Unit};

/// Events that are read at once; those they touch are then read by two statements.
pub(super) const BATCH: usize = 1000;

/// What changes more than the volunteers and requests that an event names.
const CHANGES_MANY: [&str; 3] = ["campaign.", "area.", "organisation."];

/// What changes the time of a campaign, and nothing else.
const MOVES_CLOCKS: &str = "sandbox.";

/// What the database said at one moment.
pub(super) struct News {
    /// The database's time.
    pub(super) now: Moment,
    /// How many events were read, those included that were known.
    pub(super) read: usize,
    /// How far the log can be taken as followed, once this is applied; none when nothing settled.
    pub(super) settled: Option<Cursor>,
    /// Those that will be told again, because something may still come before them.
    pub(super) unsettled: BTreeSet<Cursor>,
    /// Those that were not known.
    touched: Vec<Touched>,
    candidates: Vec<Candidate>,
    requests: Vec<Matchable>,
    /// What time it is where, if a clock was moved.
    times: Option<BTreeMap<AreaId, LocalTime>>,
}

impl News {
    /// The next events, and whom they touched as they are now: later than the events, never earlier.
    /// Events that are known from the last look, and settle only now, are not gone into again.
    pub(super) async fn read(
        database: &Database,
        cursor: Cursor,
        known: &BTreeSet<Cursor>,
    ) -> Result<Self, StorageError> {
        let mut transaction = database.begin(Caller::System).await?;
        let mut unit = transaction.open(&opening()).await.map_err(failed)?;
        let now = unit.now;
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let mut touched = events::after(&mut unit, cursor, limit).await?;
        let read = touched.len();
        let settled = touched.iter().rfind(|event| event.settled).map(Touched::cursor);
        let unsettled = touched.iter().filter(|event| !event.settled).map(Touched::cursor).collect();
        // An offer changes neither its request nor its volunteer.
        touched.retain(|event| !known.contains(&event.cursor()) && !event.kind.starts_with("offer."));
        let (candidates, requests) = if touched.iter().any(changes_many) {
            // Everything is read anew then.
            (Vec::new(), Vec::new())
        } else {
            reread(&mut unit, &touched).await?
        };
        let moved = touched.iter().any(|event| event.kind.starts_with(MOVES_CLOCKS));
        let times = if moved { Some(local_times::local_times(&mut unit).await?) } else { None };
        transaction.roll_back().await;
        Ok(Self { now, read, settled, unsettled, touched, candidates, requests, times })
    }

    /// Whether everything must be read anew.
    pub(super) fn changes_many(&self) -> bool {
        self.touched.iter().any(changes_many)
    }

    /// Whatever may have been kept by one of these ids is so no more.
    pub(super) fn touched_ids(&self) -> impl Iterator<Item = Uuid> {
        let ids = |event: &Touched| {
            [Some(event.subject_id), event.request_id.filter(|request| *request != event.subject_id)]
        };
        self.touched.iter().flat_map(ids).flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Volunteers stay where they said they are, where the database does not show it yet.
    pub(super) fn apply(self, world: &mut World, reports: &Reports) {
        // Whoever was touched and is not told of again has left.
        let found: BTreeSet<_> = self.candidates.iter().map(|candidate| candidate.volunteer).collect();
        for id in touched_volunteers(&self.touched).into_iter().map(VolunteerId::new) {
            if !found.contains(&id) {
                world.fleet.remove(id);
            }
        }
        if let Some(times) = self.times {
            world.times = Arc::new(times);
        }
        let open = |found: &Matchable| found.is_open;
        let found: BTreeSet<_> =
            self.requests.iter().filter(|found| open(found)).map(|found| found.request.request).collect();
        for id in touched_requests(&self.touched).into_iter().map(RequestId::new) {
            if !found.contains(&id) {
                world.open.remove(id);
            }
        }
        for mut candidate in self.candidates {
            reports.correct(&mut candidate);
            world.fleet.upsert(candidate);
        }
        for found in self.requests.into_iter().filter(open) {
            world.open.upsert(found.request);
        }
    }
}

async fn reread(
    unit: &mut Unit<'_>,
    touched: &[Touched],
) -> Result<(Vec<Candidate>, Vec<Matchable>), StorageError> {
    let volunteers: Vec<Uuid> = touched_volunteers(touched).into_iter().collect();
    let candidates =
        if volunteers.is_empty() { Vec::new() } else { matching::candidates(unit, &volunteers).await? };
    let closed = closed_requests(touched);
    let requests: Vec<Uuid> = touched_requests(touched).difference(&closed).copied().collect();
    let requests = if requests.is_empty() { Vec::new() } else { matching::requests(unit, &requests).await? };
    Ok((candidates, requests))
}

fn touched_volunteers(touched: &[Touched]) -> BTreeSet<Uuid> {
    touched.iter().filter_map(|event| event.volunteer_id).chain(subjects(touched, "volunteer.")).collect()
}

fn touched_requests(touched: &[Touched]) -> BTreeSet<Uuid> {
    touched.iter().filter_map(|event| event.request_id).chain(subjects(touched, "request.")).collect()
}

/// Requests of which the last change of status says that they are open no more: they need not be read.
///
/// Whoever changes a request's status has locked it since before they took the event's number, so of two
/// events of one request the one with the greater number is the later, whatever their transactions' order.
fn closed_requests(touched: &[Touched]) -> BTreeSet<Uuid> {
    let mut last: BTreeMap<Uuid, (i64, String)> = BTreeMap::new();
    for event in touched {
        let Some(id) = event.request_id.or_else(|| is_about_request(event)) else { continue };
        let (seq, status) = (event.cursor().seq, event.status_of(RequestId::new(id)));
        if let Some(status) = status.filter(|_| last.get(&id).is_none_or(|(before, _)| *before < seq)) {
            last.insert(id, (seq, status));
        }
    }
    let open = RequestStatus::Open.as_str();
    last.into_iter().filter(|(_, (_, status))| status != open).map(|(id, _)| id).collect()
}

fn is_about_request(event: &Touched) -> Option<Uuid> {
    event.kind.starts_with("request.").then_some(event.subject_id)
}

fn subjects<'t>(touched: &'t [Touched], kind: &'static str) -> impl Iterator<Item = Uuid> + 't {
    touched.iter().filter(move |event| event.kind.starts_with(kind)).map(|event| event.subject_id)
}

fn changes_many(event: &Touched) -> bool {
    CHANGES_MANY.iter().any(|kind| event.kind.starts_with(kind))
}

pub(super) fn opening() -> Opening {
    Opening { caller: Caller::System, call_id: "fleet".to_owned(), key: None }
}

pub(super) fn failed(error: OpenError) -> StorageError {
    match error {
        OpenError::Storage(error) => error,
        OpenError::NotAnyMore => StorageError::Impossible("the service is not itself any more".to_owned()),
    }
}
