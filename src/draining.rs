//! Whether this process is stopping, and how many calls are under way: what a graceful end waits for,
//! and what it has to own up to when it could not wait any longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The calls of this process, cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Draining {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    is_stopping: AtomicBool,
    under_way: AtomicU64,
    finished: AtomicU64,
    dropped: AtomicU64,
}

/// One call, from its first byte to its answer. Dropped before it is finished, it was cut off.
#[derive(Debug)]
pub struct CallUnderWay {
    calls: Draining,
    is_finished: bool,
}

impl Draining {
    /// A call begins.
    #[must_use]
    pub fn begin(&self) -> CallUnderWay {
        self.inner.under_way.fetch_add(1, Ordering::AcqRel);
        CallUnderWay { calls: self.clone(), is_finished: false }
    }

    /// From now on the service says that it is not ready, and counts what it cuts off.
    pub fn begin_to_stop(&self) {
        self.inner.is_stopping.store(true, Ordering::Release);
    }

    /// Whether the end has begun.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.inner.is_stopping.load(Ordering::Acquire)
    }

    /// Calls that have begun and not ended.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        self.inner.under_way.load(Ordering::Acquire)
    }

    /// Calls that were answered since the end began.
    #[must_use]
    pub fn finished(&self) -> u64 {
        self.inner.finished.load(Ordering::Acquire)
    }

    /// Calls that were cut off since the end began, those that still hang included.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.inner.dropped.load(Ordering::Acquire) + self.under_way()
    }
}

impl CallUnderWay {
    /// It has its answer.
    pub fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for CallUnderWay {
    fn drop(&mut self) {
        let inner = &self.calls.inner;
        if inner.is_stopping.load(Ordering::Acquire) {
            let count = if self.is_finished { &inner.finished } else { &inner.dropped };
            count.fetch_add(1, Ordering::AcqRel);
        }
        inner.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_without_an_answer_while_stopping_was_cut_off() {
        let calls = Draining::default();
        calls.begin().finish();
        drop(calls.begin());
        assert_eq!((calls.finished(), calls.dropped()), (0, 0), "nobody counts before the end begins");
        let (answered, cut_off, hanging) = (calls.begin(), calls.begin(), calls.begin());
        calls.begin_to_stop();
        answered.finish();
        drop(cut_off);
        assert_eq!((calls.finished(), calls.dropped(), calls.under_way()), (1, 2, 1));
        hanging.finish();
        assert_eq!((calls.finished(), calls.dropped(), calls.under_way()), (2, 1, 0));
    }
}
