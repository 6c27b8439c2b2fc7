//! Those who wait for a connection: how many, and how long one more of them would wait.
//!
//! How long is measured: the time between two who were served while others waited, smoothed. A queue that nobody
//! waits in tells nothing of how fast it could go, so only a busy one is measured.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is assumed before anything was measured.
const FIRST_GUESS: Duration = Duration::from_millis(1);
/// One pause, of a checkpoint for instance, is no new pace: longer ones count as this.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// A new measurement counts for one part in this many.
const SMOOTHING: u32 = 20;

/// A queue, cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    waiting: u32,
    /// Between two who are served.
    pace: Duration,
    /// When one was last served, if others waited then.
    busy_since: Option<Instant>,
}

impl Default for Inner {
    fn default() -> Self {
        Self { waiting: 0, pace: FIRST_GUESS, busy_since: None }
    }
}

/// A place in the queue, given up when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    queue: Queue,
}

impl Queue {
    /// A place, unless whoever takes it would wait longer than that.
    pub(super) fn enter(&self, longest: Duration) -> Option<Place> {
        let mut inner = self.lock();
        if inner.pace.saturating_mul(inner.waiting) > longest {
            return None;
        }
        inner.waiting += 1;
        drop(inner);
        Some(Place { queue: self.clone() })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whoever had it was served.
    pub(super) fn served(self, now: Instant) {
        let mut inner = self.queue.lock();
        if let Some(before) = inner.busy_since {
            let took = now.saturating_duration_since(before).min(LONGEST_PAUSE);
            inner.pace = (inner.pace * (SMOOTHING - 1) + took) / SMOOTHING;
        }
        // The one who is served now still counts.
        inner.busy_since = (inner.waiting > 1).then_some(now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.lock().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    const LONGEST: Duration = Duration::from_millis(200);

    /// Serves so many while a crowd waits, one in each `pace`.
    fn serve(queue: &Queue, pace: Duration, many: u32) {
        let crowd: Vec<Place> = (0..3).filter_map(|_| queue.enter(Duration::MAX)).collect();
        let mut now = clock::instant();
        for _ in 0..many {
            now += pace;
            queue.enter(Duration::MAX).unwrap().served(now);
        }
        drop(crowd);
    }

    fn room(queue: &Queue) -> usize {
        let mut places = Vec::new();
        while let Some(place) = queue.enter(LONGEST) {
            places.push(place);
        }
        places.len()
    }

    #[test]
    fn as_many_may_wait_as_will_be_served_in_time() {
        let queue = Queue::default();
        serve(&queue, Duration::from_millis(10), 200);
        assert_eq!(room(&queue), 21, "one more than 200 ms hold at 10 ms each");
        serve(&queue, Duration::from_millis(1), 200);
        assert!((195..=201).contains(&room(&queue)), "{}", room(&queue));
    }

    #[test]
    fn a_pause_is_no_new_pace_and_a_quiet_queue_tells_nothing() {
        let queue = Queue::default();
        serve(&queue, Duration::from_millis(1), 100);
        serve(&queue, Duration::from_secs(5), 1);
        assert!(room(&queue) >= 20, "{}", room(&queue));

        let quiet = Queue::default();
        let mut now = clock::instant();
        for _ in 0..100 {
            now += Duration::from_secs(1);
            quiet.enter(LONGEST).unwrap().served(now);
        }
        assert_eq!(room(&quiet), 201);
    }

    #[test]
    fn who_gives_up_leaves_the_queue() {
        let queue = Queue::default();
        drop(queue.enter(LONGEST));
        assert_eq!(queue.lock().waiting, 0);
    }
}
