//! Keeps the tail in step with the log, as long as somebody listens.

use std::time::Duration;

use super::Tail;
use crate::storage::unit::{OpenError, Opening};
use crate::storage::views::feed::{self, EventFilter};
use crate::storage::{Caller, Database, StorageError};
use crate::wakeup::Bell;

/// How long to wait when the bell is silent: the longest that a lost notification costs.
const PATIENCE: Duration = Duration::from_millis(500);

/// However often the bell rings, the log is not looked at more often than this.
const REST: Duration = Duration::from_millis(20);

/// Events that are read at once.
const BATCH: i64 = 1_000;

/// Follows the log for ever. A database that fails is asked again; what was missed is caught up with.
pub async fn follow(tail: Tail, database: Database, mut bell: Bell) {
    loop {
        bell.wait(PATIENCE).await;
        if !tail.has_listeners() {
            tail.forget();
            continue;
        }
        if let Err(error) = catch_up(&tail, &database).await {
            tracing::warn!(%error, "the feed's tail falls behind");
        }
        tokio::time::sleep(REST).await;
    }
}

async fn catch_up(tail: &Tail, database: &Database) -> Result<(), StorageError> {
    loop {
        let opening = Opening { caller: Caller::System, call_id: "feed".to_owned(), key: None };
        let mut transaction = database.begin(opening.caller).await?;
        let mut unit = transaction.open(&opening).await.map_err(failed)?;
        let Some(from) = tail.ends() else {
            tail.begin(feed::tip(&mut unit).await?);
            transaction.roll_back().await;
            return Ok(());
        };
        let page = feed::page(&mut unit, &EventFilter::default(), from, BATCH).await?;
        transaction.roll_back().await;
        if page.next > from {
            tail.grow(page.rows, page.next);
        }
        if !page.has_more {
            return Ok(());
        }
    }
}

fn failed(error: OpenError) -> StorageError {
    match error {
        OpenError::Storage(error) => error,
        OpenError::NotAnyMore => StorageError::Impossible("the service is not itself any more".to_owned()),
    }
}
