//! Reads the whole world: everyone at once, the index of them built while they come in.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::RequestId;
use domain::matching::{Candidate, Fleet};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::check::Checked;
use super::follow::Progress;
use super::news::{failed, opening};
use super::{LiveFleet, World};
use crate::clock;
use crate::storage::views::{crowd, local_times, matching};
use crate::storage::{Caller, Database, StorageError, events};

/// Open requests of a page.
const PAGE: i64 = 5_000;

/// Volunteers that are handed on together.
const CROWD: usize = 4_096;

/// Such groups that may wait while the index is built: they bound the memory that reading takes.
const WAITING: usize = 8;

impl LiveFleet {
    pub(super) async fn load(&self, database: &Database) -> Result<Progress, StorageError> {
        let started = clock::instant();
        let (progress, mut world) = beginning(database).await?;
        world.fleet = everyone(database).await?;
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
        Ok(progress)
    }
}

/// The log's tip, read before anything else, and what time it is where.
async fn beginning(database: &Database) -> Result<(Progress, World), StorageError> {
    let positions_asked = clock::instant();
    let mut transaction = database.begin(Caller::System).await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let positions_at = unit.now;
    let cursor = events::tip(&mut unit).await?;
    let times = local_times::local_times(&mut unit).await?;
    let detours = local_times::detours(&mut unit).await?;
    transaction.roll_back().await;
    let progress = Progress {
        cursor,
        known: BTreeSet::new(),
        positions_at,
        positions_asked,
        checked: Checked::default(),
    };
    Ok((progress, World { times: Arc::new(times), detours: Arc::new(detours), ..World::default() }))
}

/// One task reads, another builds.
async fn everyone(database: &Database) -> Result<Fleet, StorageError> {
    let (send, mut receive) = mpsc::channel::<Vec<Candidate>>(WAITING);
    let building = tokio::task::spawn_blocking(move || {
        std::iter::from_fn(|| receive.blocking_recv()).flatten().collect::<Fleet>()
    });
    let read = crowd::everyone(database, CROWD, send).await;
    let fleet = building
        .await
        .map_err(|_| StorageError::Impossible("the index of volunteers could not be built".to_owned()))?;
    read.map(|()| fleet)
}

async fn page_of_requests(
    database: &Database,
    after: Uuid,
    world: &mut World,
) -> Result<Option<RequestId>, StorageError> {
    let mut transaction = database.begin(Caller::System).await?;
    let mut unit = transaction.open(&opening()).await.map_err(failed)?;
    let page = matching::open_after(&mut unit, after, PAGE).await?;
    transaction.roll_back().await;
    let last = page.last().map(|found| found.request.request);
    for found in page {
        world.open.upsert(found.request);
    }
    Ok(last)
}
