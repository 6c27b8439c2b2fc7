//! Keeps the fleet in step with the event log.
//!
//! Nothing is ever missed: the log's tip is read before the tables are, so whatever a table did not
//! show yet stands in the log above that tip, and whoever it touched is read again. The tip moves
//! only after that was done.
//!
//! What a look finds is gone into at once, also what is not settled; the tip waits for it to settle. So a
//! transaction that runs for long holds nobody up, and who was refused is refused everywhere at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::Moment;

use super::LiveFleet;
use super::check::Checked;
use super::live::Look;
use super::news::{BATCH, News, failed, opening};
use crate::clock;
use crate::storage::events::Cursor;
use crate::storage::views::matching;
use crate::storage::{Caller, Database, StorageError};
use crate::wakeup::Bell;

/// How long to wait when the bell is silent: the longest that a lost notification costs.
const PATIENCE: Duration = Duration::from_millis(500);

/// However often the bell rings, the log is not looked at more often than this, unless a reader waits for what
/// was written: under load one look then finds many events.
const REST: Duration = Duration::from_millis(25);

/// How often positions are asked for: they are no events.
const POSITIONS_EVERY: Duration = Duration::from_secs(1);

/// How often some of memory is compared with the tables.
const CHECK_EVERY: Duration = Duration::from_secs(10);

/// Positions are asked for from a little before the last time: one may have been written then and
/// committed since. Longer than any such transaction takes.
const OVERLAP: TimeDelta = TimeDelta::seconds(2);

/// How far the log was followed.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) cursor: Cursor,
    /// Events above the cursor that were gone into already.
    pub(super) known: BTreeSet<Cursor>,
    /// The database's time when positions were last asked for.
    pub(super) positions_at: Moment,
    /// The same on this machine's clock.
    pub(super) positions_asked: Instant,
    /// How far memory was compared with the tables.
    pub(super) checked: Checked,
}

/// What one look came to.
#[derive(Debug, Clone, Copy)]
struct Found {
    events: usize,
    /// Whether there may be more.
    is_full: bool,
    /// Whether the tip moved, or everything was read anew.
    went_on: bool,
}

/// Follows the log for ever. A database that fails is asked again; what was missed meanwhile is
/// caught up with.
pub async fn follow(fleet: LiveFleet, database: Database, mut bell: Bell) {
    let (mut last, mut checked) = (clock::instant(), clock::instant());
    loop {
        match fleet.catch_up(&database).await {
            Ok(_) => last = clock::instant(),
            Err(error) => tracing::warn!(%error, "the fleet falls behind"),
        }
        if clock::since(checked) >= CHECK_EVERY {
            checked = clock::instant();
            if let Err(error) = fleet.check_itself(&database).await {
                tracing::warn!(%error, "the fleet could not be compared with the tables");
            }
        }
        metrics::gauge!("birgemiz_fleet_lag_seconds").set(clock::since(last).as_secs_f64());
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = fleet.is_waited_for() => {}
        }
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
        if kept.is_none() {
            *kept = Some(self.load(database).await?);
        }
        let Some(progress) = kept.as_mut() else { return Ok(0) };
        let followed = self.follow_log(database, progress).await?;
        if clock::since(progress.positions_asked) >= POSITIONS_EVERY {
            self.follow_positions(database, progress).await?;
        }
        Ok(followed)
    }

    /// Everything that was committed before, positions included.
    pub(super) async fn follow_all(
        &self,
        database: &Database,
        progress: &mut Progress,
    ) -> Result<(), StorageError> {
        self.follow_log(database, progress).await?;
        self.follow_positions(database, progress).await
    }

    async fn follow_log(&self, database: &Database, progress: &mut Progress) -> Result<usize, StorageError> {
        let mut followed = 0;
        loop {
            let found = self.look_at_the_log(database, progress).await?;
            followed += found.events;
            if !found.is_full || !found.went_on {
                return Ok(followed);
            }
        }
    }

    async fn look_at_the_log(
        &self,
        database: &Database,
        progress: &mut Progress,
    ) -> Result<Found, StorageError> {
        let (begun, writes) = (clock::instant(), self.recall().writes());
        let news = News::read(database, progress.cursor, &progress.known).await?;
        let time = (news.now, clock::instant());
        let mut found =
            Found { events: news.read, is_full: news.read >= BATCH, went_on: news.settled.is_some() };
        let behind = u32::try_from(news.read - news.unsettled.len()).unwrap_or(u32::MAX);
        metrics::gauge!("birgemiz_fleet_events_behind").set(f64::from(behind));
        let (settled, unsettled) = (news.settled, news.unsettled.clone());
        if news.changes_many() {
            let loaded = self.load(database).await?;
            // What is not settled was committed before everything was read: it need not be gone into again.
            *progress = Progress { known: unsettled, ..loaded };
            found = Found { is_full: true, went_on: true, ..found };
        } else {
            self.recall().forget(news.touched_ids());
            if !news.is_empty() {
                self.change(|world| news.apply(world, self.reports()));
            }
            progress.cursor = settled.unwrap_or(progress.cursor);
            progress.known = unsettled;
        }
        if !found.is_full {
            metrics::gauge!("birgemiz_fleet_events_behind").set(0.0);
            self.looked(Look { begun, writes, time });
        }
        Ok(found)
    }

    async fn follow_positions(
        &self,
        database: &Database,
        progress: &mut Progress,
    ) -> Result<(), StorageError> {
        let positions_asked = clock::instant();
        let mut transaction = database.begin(Caller::System).await?;
        let mut unit = transaction.open(&opening()).await.map_err(failed)?;
        let positions_at = unit.now;
        let seen = matching::seen_since(&mut unit, progress.positions_at - OVERLAP).await?;
        transaction.roll_back().await;
        self.show(seen);
        progress.positions_at = positions_at;
        progress.positions_asked = positions_asked;
        Ok(())
    }
}
