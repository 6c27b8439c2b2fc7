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
    /// Counts how often this process moved a sandbox's clock.
    moved: watch::Sender<u64>,
    /// Up to which of those all that came due was done.
    followed: watch::Sender<u64>,
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

    /// This process moved a clock: wakes whoever does what came due by it. Answers which time that was.
    pub fn clock_moved(&self) -> u64 {
        count(&self.moved);
        *self.moved.borrow()
    }

    /// Counts those moves, for whoever follows them.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Everything that came due by the moves up to this one is done.
    pub fn followed(&self, up_to: u64) {
        self.followed.send_if_modified(|followed| {
            let is_more = *followed < up_to;
            *followed = up_to.max(*followed);
            is_more
        });
    }

    /// Waits until what came due by that move is done, at most this long. Answers whether it is.
    pub async fn was_followed(&self, up_to: u64, at_most: Duration) -> bool {
        let mut followed = self.followed.subscribe();
        let is_done = followed.wait_for(|followed| up_to <= *followed);
        matches!(tokio::time::timeout(at_most, is_done).await, Ok(Ok(_)))
    }

    /// Waits for the next ring, at most this long.
    pub async fn wait(&self, at_most: Duration) {
        self.listen().wait(at_most).await;
    }
}

impl Bell {
    /// Waits for the bell, at most this long; not at all when it rang since the last time. Answers whether it rang.
    pub async fn wait(&mut self, at_most: Duration) -> bool {
        // Most loops look either way, whether they are woken or run into the time limit.
        match tokio::time::timeout(at_most, self.rings.changed()).await {
            Ok(Ok(())) => true,
            // Nobody can ring any more; the loop still looks as often as it would without a bell.
            Ok(Err(_)) => {
                tokio::time::sleep(at_most).await;
                false
            }
            Err(_) => false,
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

    #[tokio::test]
    async fn whoever_moved_a_clock_waits_for_what_came_due_by_that_move_and_no_earlier_one() {
        let wakeup = Wakeup::default();
        let mut moves = wakeup.moves();
        let first = wakeup.clock_moved();
        moves.changed().await.unwrap();
        wakeup.followed(first);
        assert!(wakeup.was_followed(first, LONG).await);
        let second = wakeup.clock_moved();
        assert!(!wakeup.was_followed(second, Duration::ZERO).await);
        wakeup.followed(second);
        wakeup.followed(first);
        assert!(wakeup.was_followed(second, LONG).await);
    }
}
