//! Waiting for something that Postgres does and cannot tell us about, never longer than a limit. The limit is
//! counted in pauses, so that no clock is asked.

use std::time::Duration;

pub(super) struct Patience {
    pause: Duration,
    pauses_left: u128,
}

impl Patience {
    /// `limit` and `pause` are both above zero.
    pub(super) fn of(limit: Duration, pause: Duration) -> Self {
        Self { pause, pauses_left: limit.as_millis() / pause.as_millis().max(1) }
    }

    /// Pauses and says `true`, or says `false` at once when the limit is reached.
    #[expect(
        clippy::disallowed_methods,
        reason = "a file and a child's end can only be polled without unsafe code"
    )]
    pub(super) fn wait(&mut self) -> bool {
        if self.pauses_left == 0 {
            return false;
        }
        self.pauses_left -= 1;
        std::thread::sleep(self.pause);
        true
    }
}
