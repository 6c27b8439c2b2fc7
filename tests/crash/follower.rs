//! Reads the event log as the service's own followers do, while it is written and while Postgres is
//! killed under it, and tells afterwards whether an event was skipped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use birgemiz::storage::events::{self, Cursor};
use birgemiz::storage::unit::Opening;
use birgemiz::storage::{Caller, Database, StorageError};
use tokio::task::JoinHandle;

use crate::city::City;

/// A reader of the log.
pub(crate) struct Follower {
    stopped: Arc<AtomicBool>,
    reading: JoinHandle<Vec<Cursor>>,
}

impl Follower {
    pub(crate) async fn start(city: &City) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let database = Database::connect(&city.engine.urls.service, 2, Duration::from_secs(1)).await.unwrap();
        let reading = tokio::spawn(read(database, stopped.clone()));
        Self { stopped, reading }
    }

    /// Reads to the end of the log and compares: what was skipped, told twice or out of order.
    pub(crate) async fn violations(self, city: &City) -> Vec<String> {
        self.stopped.store(true, Ordering::SeqCst);
        let seen = self.reading.await.unwrap();
        let number = |text: &Option<String>| text.as_deref().unwrap().parse::<i64>().unwrap();
        let rows = city.database.ask("SELECT xid::text, seq FROM events e ORDER BY e.xid, e.seq").await;
        let all: Vec<Cursor> =
            rows.iter().map(|row| Cursor { xid: number(&row[0]), seq: number(&row[1]) }).collect();
        if seen == all { Vec::new() } else { vec![format!("{} events, {} seen", all.len(), seen.len())] }
    }
}

async fn read(database: Database, stopped: Arc<AtomicBool>) -> Vec<Cursor> {
    let mut seen: Vec<Cursor> = Vec::new();
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    loop {
        looks.tick().await;
        let last = stopped.load(Ordering::SeqCst);
        let from = seen.last().copied().unwrap_or_default();
        match after(&database, from).await {
            // Only an empty reading that began after the stop has seen everything.
            Ok(found) if found.is_empty() && last => return seen,
            Ok(found) => seen.extend(found),
            // Postgres is away; the next look finds it again.
            Err(_) => {}
        }
    }
}

async fn after(database: &Database, from: Cursor) -> Result<Vec<Cursor>, StorageError> {
    let mut transaction = database.begin(Caller::System).await?;
    let opening = Opening { caller: Caller::System, call_id: String::new(), key: None };
    let found = {
        let Ok(mut unit) = transaction.open(&opening).await else {
            return Err(StorageError::NoConnection("it was lost".to_owned()));
        };
        events::after(&mut unit, from, 500).await?
    };
    transaction.commit().await?;
    // What is not settled will be told again.
    Ok(found.iter().filter(|event| event.settled).map(events::Touched::cursor).collect())
}
