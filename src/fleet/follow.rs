//! Keeps the fleet in step with the event log.
//!
//! Nothing is ever missed: the log's tip is read before the tables are, so whatever a table did not
//! show yet stands in the log above that tip, and whoever it touched is read again. The tip moves
//! only after that was done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{RequestId, VolunteerId};
use domain::matching::Candidate;
use uuid::Uuid;

use super::{LiveFleet, World};
use crate::clock;
use crate::storage::events::{self, Cursor, Touched};
use crate::storage::unit::{OpenError, Opening};
use crate::storage::views::local_times;
use crate::storage::views::matching::{self, Matchable};
use crate::storage::{Caller, Database, StorageError, Unit};
use crate::wakeup::Bell;

/// How long to wait when the bell is silent: the longest that a lost notification costs.
const PATIENCE: Duration = Duration::from_millis(500);

/// However often the bell rings, the log is not looked at more often than this: under load one look
/// then finds many events.
const REST: Duration = Duration::from_millis(5);

/// Events that are read at once; those they touch are then read by two statements.
const BATCH: usize = 1000;

/// Rows of a page while the whole world is read.
const PAGE: i64 = 1000;

/// How often positions are asked for: they are no events.
const POSITIONS_EVERY: Duration = Duration::from_secs(1);

/// Positions are asked for from a little before the last time: one may have been written then and
/// committed since. Longer than any such transaction takes.
const OVERLAP: TimeDelta = TimeDelta::seconds(2);

/// What changes more than the volunteers and requests that an event names.
const CHANGES_MANY: [&str; 3] = ["campaign.", "area.", "organisation."];

/// How far the log was followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    cursor: Cursor,
    /// The database's time when positions were last asked for.
    positions_at: Moment,
    /// The same on this machine's clock.
    positions_asked: Instant,
}

/// What the database said at one moment.
struct News {
    touched: Vec<Touched>,
    candidates: Vec<Candidate>,
    requests: Vec<Matchable>,
}

/// Follows the log for ever. A database that fails is asked again; what was missed meanwhile is
/// caught up with.
pub async fn follow(fleet: LiveFleet, database: Database, mut bell: Bell) {
    let mut last = clock::instant();
    loop {
        match fleet.catch_up(&database).await {
            Ok(_) => last = clock::instant(),
            Err(error) => tracing::warn!(%error, "the fleet falls behind"),
        }
        metrics::gauge!("birgemiz_fleet_lag_seconds").set(clock::since(last).as_secs_f64());
        tokio::time::sleep(REST).await;
        bell.wait(PATIENCE).await;
    }
}

impl LiveFleet {
    /// Reads whatever happened since the last time; everything, the first time. Answers how many
    /// events that were.
    ///
    /// # Errors
    /// When the database fails; nothing is lost then, the next time catches up.
    pub async fn catch_up(&self, database: &Database) -> Result<usize, StorageError> {
        let mut kept = self.progress().lock().await;
        let mut progress = match *kept {
            Some(progress) => progress,
            None => self.load(database).await?,
        };
        *kept = Some(progress);
        let mut followed = 0;
        loop {
            let news = news(database, progress.cursor).await?;
            let found = news.touched.len();
            metrics::gauge!("birgemiz_fleet_events_behind")
                .set(f64::from(u32::try_from(found).unwrap_or(u32::MAX)));
            let Some(last) = news.touched.last().map(Touched::cursor) else {
                break;
            };
            followed += found;
            if news.touched.iter().any(changes_many) {
                progress = self.load(database).await?;
            } else {
                self.apply(news);
                progress.cursor = last;
            }
            *kept = Some(progress);
            if found < BATCH {
                metrics::gauge!("birgemiz_fleet_events_behind").set(0.0);
                break;
            }
        }
        if clock::since(progress.positions_asked) >= POSITIONS_EVERY {
            *kept = Some(self.follow_positions(database, progress).await?);
        }
        Ok(followed)
    }

    async fn load(&self, database: &Database) -> Result<Progress, StorageError> {
        let started = clock::instant();
        let (cursor, positions_at, mut world) = beginning(database).await?;
        let mut after = Uuid::nil();
        while let Some(last) = page_of_candidates(database, after, &mut world).await? {
            after = last.uuid();
        }
        let mut after = Uuid::nil();
        while let Some(last) = page_of_requests(database, after, &mut world).await? {
            after = last.uuid();
        }
        tracing::info!(
            volunteers = world.fleet.len(),
            open_requests = world.open.len(),
            took_ms = u64::try_from(clock::since(started).as_millis()).unwrap_or(u64::MAX),
            "the fleet is loaded"
        );
        self.replace(world);
        Ok(Progress { cursor, positions_at, positions_asked: started })
    }

    fn apply(&self, news: News) {
        self.change(|world| {
            // Whoever was touched and is not told of again has left.
            for id in touched_volunteers(&news.touched) {
                world.fleet.remove(VolunteerId::new(id));
            }
            for id in touched_requests(&news.touched) {
                world.open.remove(RequestId::new(id));
            }
            for candidate in news.candidates {
                world.fleet.upsert(candidate);
            }
            for found in news.requests.into_iter().filter(|found| found.is_open) {
                world.open.upsert(found.request);
            }
        });
    }

    async fn follow_positions(
        &self,
        database: &Database,
        progress: Progress,
    ) -> Result<Progress, StorageError> {
        let positions_asked = clock::instant();
        let mut transaction = database.begin().await?;
        let mut unit = transaction.open(&opening()).await.map_err(failed)?;
        let positions_at = unit.now;
        let moved = matching::moved_since(&mut unit, progress.positions_at - OVERLAP).await?;
        transaction.roll_back().await;
        if !moved.is_empty() {
            self.change(|world| {
                for candidate in moved {
                    world.fleet.upsert(candidate);
                }
            });
        }
        Ok(Progress { positions_at, positions_asked, ..progress })
    }
}

/// The log's tip, read before anything else, and what time it is where.
async fn beginning(database: &Database) -> Result<(Cursor, Moment, World), StorageError> {
    let mut transaction = database.begin().await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let now = unit.now;
    let cursor = events::tip(&mut unit).await?;
    let times = local_times::local_times(&mut unit).await?;
    transaction.roll_back().await;
    Ok((cursor, now, World { times: Arc::new(times), ..World::default() }))
}

async fn page_of_candidates(
    database: &Database,
    after: Uuid,
    world: &mut World,
) -> Result<Option<VolunteerId>, StorageError> {
    let mut transaction = database.begin().await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let page = matching::candidates_after(&mut unit, after, PAGE).await?;
    transaction.roll_back().await;
    let last = page.last().map(|candidate| candidate.volunteer);
    for candidate in page {
        world.fleet.upsert(candidate);
    }
    Ok(last)
}

async fn page_of_requests(
    database: &Database,
    after: Uuid,
    world: &mut World,
) -> Result<Option<RequestId>, StorageError> {
    let mut transaction = database.begin().await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let page = matching::open_after(&mut unit, after, PAGE).await?;
    transaction.roll_back().await;
    let last = page.last().map(|found| found.request.request);
    for found in page {
        world.open.upsert(found.request);
    }
    Ok(last)
}

/// The next events, and whom they touched as they are now: later than the events, never earlier.
async fn news(database: &Database, cursor: Cursor) -> Result<News, StorageError> {
    let mut transaction = database.begin().await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let touched = events::after(&mut unit, cursor, i64::try_from(BATCH).unwrap_or(i64::MAX)).await?;
    let candidates = reread(&mut unit, touched_volunteers(&touched)).await?;
    let ids: Vec<Uuid> = touched_requests(&touched).into_iter().collect();
    let requests = if ids.is_empty() { Vec::new() } else { matching::requests(&mut unit, &ids).await? };
    transaction.roll_back().await;
    Ok(News { touched, candidates, requests })
}

async fn reread(unit: &mut Unit<'_>, ids: BTreeSet<Uuid>) -> Result<Vec<Candidate>, StorageError> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() { Ok(Vec::new()) } else { matching::candidates(unit, &ids).await }
}

fn touched_volunteers(touched: &[Touched]) -> BTreeSet<Uuid> {
    touched.iter().filter_map(|event| event.volunteer_id).chain(subjects(touched, "volunteer.")).collect()
}

fn touched_requests(touched: &[Touched]) -> BTreeSet<Uuid> {
    touched.iter().filter_map(|event| event.request_id).chain(subjects(touched, "request.")).collect()
}

fn subjects<'t>(touched: &'t [Touched], kind: &'static str) -> impl Iterator<Item = Uuid> + 't {
    touched.iter().filter(move |event| event.kind.starts_with(kind)).map(|event| event.subject_id)
}

fn changes_many(event: &Touched) -> bool {
    CHANGES_MANY.iter().any(|kind| event.kind.starts_with(kind))
}

fn opening() -> Opening {
    Opening { caller: Caller::System, call_id: "fleet".to_owned(), key: None }
}

fn failed(error: OpenError) -> StorageError {
    match error {
        OpenError::Storage(error) => error,
        OpenError::NotAnyMore => StorageError::Impossible("the service is not itself any more".to_owned()),
    }
}
