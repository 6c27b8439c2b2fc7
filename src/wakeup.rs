//! The bell: something was committed, so whoever follows the log may look now and need not wait.
//!
//! Ringing costs nothing. A bell that rang while its listener was busy is heard when it next waits;
//! listeners also look by themselves, regularly.

use std::time::Duration;

use tokio::sync::watch;

/// A bell that any number of loops listen to.
#[derive(Clone, Default)]
pub struct Wakeup {
    /// Rung by whatever was committed, here or by another process.
    any: watch::Sender<u64>,
    /// Rung by what this process committed: that alone is told to the others, so that no two
    /// processes ever ring each other in turn.
    own: watch::Sender<u64>,
}

/// One loop's ear: remembers which ringing it has answered.
pub struct Bell {
    rings: watch::Receiver<u64>,
}

impl Wakeup {
    /// Something was committed by this process: wakes every loop.
    pub fn ring(&self) {
        count(&self.own);
        count(&self.any);
    }

    /// Another process told that it committed something: wakes every loop, and tells nobody on.
    pub fn pass_on(&self) {
        count(&self.any);
    }

    /// Listens from now on, to whatever was committed.
    #[must_use]
    pub fn listen(&self) -> Bell {
        Bell { rings: self.any.subscribe() }
    }

    /// Counts the commits of this process, for whoever tells the others.
    #[must_use]
    pub fn own_commits(&self) -> watch::Receiver<u64> {
        self.own.subscribe()
    }

    /// Waits for the next ring, at most this long.
    pub async fn wait(&self, at_most: Duration) {
        self.listen().wait(at_most).await;
    }
}

impl Bell {
    /// Waits for the bell, at most this long; not at all when it rang since the last time.
    pub async fn wait(&mut self, at_most: Duration) {
        // Running into the time limit is the same as being woken: the loop looks either way.
        if let Ok(Err(_)) = tokio::time::timeout(at_most, self.rings.changed()).await {
            // Nobody can ring any more; the loop still looks as often as it would without a bell.
            tokio::time::sleep(at_most).await;
        }
    }
}

fn count(rings: &watch::Sender<u64>) {
    rings.send_modify(|rings| *rings = rings.wrapping_add(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_ring_while_the_listener_was_busy_is_heard() {
        let wakeup = Wakeup::default();
        let mut bell = wakeup.listen();
        wakeup.ring();
        bell.wait(LONG).await;
        wakeup.pass_on();
        bell.wait(LONG).await;
    }

    #[test]
    fn what_others_committed_is_not_told_on() {
        let wakeup = Wakeup::default();
        let own = wakeup.own_commits();
        wakeup.pass_on();
        assert!(!own.has_changed().unwrap());
        wakeup.ring();
        assert!(own.has_changed().unwrap());
    }
}
