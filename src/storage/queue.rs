//! Those who wait for a connection: how many, and how long one more of them would wait.
//!
//! How long is measured: the time between two who were served while others waited, smoothed. A queue that nobody
//! waits in tells nothing of how fast it could go, so only a busy one is measured.
//!
//! A queue that empties now and then is a crowd of a moment, which is sat out. One in which somebody has waited all the
//! time is too long for what can be served: whoever has waited for long in it is turned away, so that those behind
//! are served in time (controlled delay, RFC 8289; for servers: B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015).

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
    /// Since when there was always somebody who waited.
    standing_since: Option<Instant>,
}

impl Default for Inner {
    fn default() -> Self {
        Self { waiting: 0, pace: FIRST_GUESS, busy_since: None, standing_since: None }
    }
}

/// A place in the queue, given up when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    queue: Queue,
}

impl Queue {
    /// A place, unless whoever takes it would wait longer than that.
    pub(super) fn enter(&self, longest: Duration, now: Instant) -> Option<Place> {
        let mut inner = self.lock();
        if inner.pace.saturating_mul(inner.waiting) > longest {
            return None;
        }
        if inner.waiting == 0 {
            inner.standing_since = Some(now);
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
    /// How long whoever has it may wait: `longest`, or `short` once others have waited for that long without a pause.
    pub(super) fn patience(&self, longest: Duration, short: Duration, now: Instant) -> Duration {
        let standing = self.queue.lock().standing_since;
        let is_standing = standing.is_some_and(|since| now.saturating_duration_since(since) >= longest);
        if is_standing { short } else { longest }
    }

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
        let crowd: Vec<Place> = (0..3).filter_map(|_| queue.enter(Duration::MAX, clock::instant())).collect();
        let mut now = clock::instant();
        for _ in 0..many {
            now += pace;
            queue.enter(Duration::MAX, now).unwrap().served(now);
        }
        drop(crowd);
    }

    fn room(queue: &Queue) -> usize {
        let mut places = Vec::new();
        while let Some(place) = queue.enter(LONGEST, clock::instant()) {
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
            quiet.enter(LONGEST, now).unwrap().served(now);
        }
        assert_eq!(room(&quiet), 201);
    }

    #[test]
    fn a_crowd_is_sat_out_but_in_a_standing_queue_nobody_waits_long() {
        let (queue, longest, short) = (Queue::default(), Duration::from_secs(1), Duration::from_millis(200));
        let begun = clock::instant();
        let at = |ms: u64| begun + Duration::from_millis(ms);
        let first = queue.enter(Duration::MAX, at(0)).unwrap();
        let second = queue.enter(Duration::MAX, at(900)).unwrap();
        assert_eq!(second.patience(longest, short, at(900)), longest);
        first.served(at(950));
        assert_eq!(second.patience(longest, short, at(1_000)), short, "somebody has waited all the time");
        second.served(at(1_010));
        let third = queue.enter(Duration::MAX, at(1_020)).unwrap();
        assert_eq!(third.patience(longest, short, at(1_020)), longest, "it was empty");
    }

    #[test]
    fn who_gives_up_leaves_the_queue() {
        let queue = Queue::default();
        drop(queue.enter(LONGEST, clock::instant()));
        assert_eq!(queue.lock().waiting, 0);
    }
}
