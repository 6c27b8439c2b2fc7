//! The newest events, and who waits for the next.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::storage::views::feed::{Cursor, FeedRow};

/// How many of the newest events are kept. Who is further behind reads the log itself.
const KEPT: usize = 10_000;

/// The end of the log, cheap to clone.
#[derive(Clone, Default)]
pub struct Tail {
    recent: Arc<RwLock<Option<Recent>>>,
    grown: watch::Sender<u64>,
}

/// Everything after `begins` and up to `ends`.
struct Recent {
    begins: Cursor,
    ends: Cursor,
    rows: VecDeque<Arc<FeedRow>>,
}

/// Somebody who listens. While there is one, the tail is followed.
pub struct Ear {
    tail: Tail,
    grown: watch::Receiver<u64>,
}

/// What an ear heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// In order.
    pub rows: Vec<Arc<FeedRow>>,
    /// Where the listener stands then.
    pub next: Cursor,
}

impl Tail {
    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear { tail: self.clone(), grown: self.grown.subscribe() }
    }

    pub(super) fn has_listeners(&self) -> bool {
        self.grown.receiver_count() > 0
    }

    /// How far it was followed, while it is.
    pub(super) fn ends(&self) -> Option<Cursor> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|recent| recent.ends)
    }

    /// Nobody listens any more: what was known is of no use to whoever comes later.
    pub(super) fn forget(&self) {
        *self.recent.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Begins at `from`, which is the end of the log, if it is not followed yet.
    pub(super) fn begin(&self, from: Cursor) {
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        recent.get_or_insert_with(|| Recent { begins: from, ends: from, rows: VecDeque::new() });
    }

    pub(super) fn grow(&self, rows: Vec<FeedRow>, ends: Cursor) {
        if let Some(recent) = self.recent.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            recent.rows.extend(rows.into_iter().map(Arc::new));
            recent.ends = ends;
            while recent.rows.len() > KEPT
                && let Some(oldest) = recent.rows.pop_front()
            {
                recent.begins = oldest.cursor();
            }
        }
        self.grown.send_modify(|grown| *grown = grown.wrapping_add(1));
    }
}

impl Ear {
    /// Up to `limit` events after a cursor; none at all when that lies before what is kept, or beyond it,
    /// so that only the log can tell.
    #[must_use]
    pub fn after(&self, cursor: Cursor, limit: usize) -> Option<Heard> {
        let recent = self.tail.recent.read().unwrap_or_else(PoisonError::into_inner);
        let recent = recent.as_ref().filter(|recent| (recent.begins..=recent.ends).contains(&cursor))?;
        let first = recent.rows.partition_point(|row| row.cursor() <= cursor);
        let rows: Vec<_> = recent.rows.iter().skip(first).take(limit).map(Arc::clone).collect();
        let is_all = first + rows.len() >= recent.rows.len();
        let next = rows.last().filter(|_| !is_all).map_or(recent.ends, |last| last.cursor());
        Some(Heard { rows, next })
    }

    /// Waits until the tail has grown since the last time, at most this long.
    pub async fn wait(&mut self, at_most: Duration) {
        // Running into the time limit is the same as being woken: the listener looks either way.
        if let Ok(Err(_)) = tokio::time::timeout(at_most, self.grown.changed()).await {
            tokio::time::sleep(at_most).await;
        }
    }
}
