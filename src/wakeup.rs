//! The bell: something was committed, so whoever follows the log may look now and need not wait.
//!
//! Ringing costs nothing and loses nothing: followers also look by themselves, regularly.

use std::sync::Arc;

use tokio::sync::Notify;

/// A bell that any number of loops wait for.
#[derive(Clone, Default)]
pub struct Wakeup {
    notify: Arc<Notify>,
}

impl Wakeup {
    /// Wakes every loop that waits.
    pub fn ring(&self) {
        self.notify.notify_waiters();
    }

    /// Waits for the bell, at most this long.
    pub async fn wait(&self, at_most: std::time::Duration) {
        // Running into the time limit is the same as being woken: the loop looks either way.
        let _ = tokio::time::timeout(at_most, self.notify.notified()).await;
    }
}
