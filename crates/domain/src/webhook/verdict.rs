//! What follows from an attempt: delivered, again later, or the receiver is given up.

use chrono::TimeDelta;

use super::DisabledReason;
use super::schedule::{Jitter, delay_after};
use crate::Moment;

/// A receiver to which nothing could be delivered for so long is given up.
pub const GIVES_UP_AFTER: TimeDelta = TimeDelta::days(5);

/// The shortest and the longest rest that a receiver is given, whatever it asks for.
const SHORTEST_REST: TimeDelta = TimeDelta::seconds(1);
const LONGEST_REST: TimeDelta = TimeDelta::hours(24);

/// The rest of a receiver that is overloaded and does not say for how long.
const USUAL_REST: TimeDelta = TimeDelta::seconds(30);

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered with this status, and asked for so much rest.
    Answered { status: u16, retry_after: Option<TimeDelta> },
    /// There was no answer.
    Unanswered,
}

impl Outcome {
    /// Whether the receiver took it.
    #[must_use]
    pub const fn is_delivered(self) -> bool {
        matches!(self, Self::Answered { status: 200..=299, .. })
    }
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// It is tried again then; nothing else is sent to that receiver before `pause_until`, where there is one.
    Again { at: Moment, pause_until: Option<Moment> },
    /// The receiver is given up; the message waits.
    GiveUp(DisabledReason),
}

/// What follows from an attempt, of which this was the `attempts`-th, at a receiver that has failed since then.
#[must_use]
pub fn after(
    outcome: Outcome,
    attempts: u32,
    failing_since: Option<Moment>,
    now: Moment,
    jitter: Jitter,
) -> Verdict {
    if outcome.is_delivered() {
        return Verdict::Delivered;
    }
    if matches!(outcome, Outcome::Answered { status: 410, .. }) {
        return Verdict::GiveUp(DisabledReason::Gone);
    }
    if failing_since.is_some_and(|since| now - since >= GIVES_UP_AFTER) {
        return Verdict::GiveUp(DisabledReason::Failing);
    }
    let Some(delay) = delay_after(attempts, jitter) else {
        return Verdict::GiveUp(DisabledReason::Failing);
    };
    let pause_until = rest(outcome).map(|rest| now + rest);
    let at = pause_until.map_or(now + delay, |until| until.max(now + delay));
    Verdict::Again { at, pause_until }
}

/// How much rest a receiver needs: what it asked for, within bounds, if its status says that it is overloaded.
fn rest(outcome: Outcome) -> Option<TimeDelta> {
    match outcome {
        Outcome::Answered { status: 429 | 502 | 503 | 504, retry_after } => {
            Some(retry_after.map_or(USUAL_REST, |asked| asked.clamp(SHORTEST_REST, LONGEST_REST)))
        }
        Outcome::Answered { .. } | Outcome::Unanswered => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ATTEMPTS;
    use super::*;

    const NOW: Moment = Moment::UNIX_EPOCH;

    const fn answered(status: u16) -> Outcome {
        Outcome::Answered { status, retry_after: None }
    }

    fn first(outcome: Outcome) -> Verdict {
        after(outcome, 1, None, NOW, Jitter::NONE)
    }

    fn again(seconds: i64, pause: Option<i64>) -> Verdict {
        Verdict::Again { at: later(seconds), pause_until: pause.map(later) }
    }

    fn later(seconds: i64) -> Moment {
        NOW + TimeDelta::seconds(seconds)
    }

    #[test]
    fn only_a_status_of_the_two_hundreds_is_a_delivery() {
        for (status, delivered) in
            [(200, true), (204, true), (299, true), (199, false), (301, false), (500, false)]
        {
            assert_eq!(first(answered(status)) == Verdict::Delivered, delivered, "{status}");
        }
    }

    #[test]
    fn gone_is_gone_at_once() {
        assert_eq!(first(answered(410)), Verdict::GiveUp(DisabledReason::Gone));
    }

    #[test]
    fn a_failure_follows_the_schedule_and_an_overload_pauses_everything() {
        assert_eq!(first(answered(500)), again(5, None));
        assert_eq!(first(answered(404)), again(5, None));
        assert_eq!(first(Outcome::Unanswered), again(5, None));
        for status in [429, 502, 503, 504] {
            assert_eq!(first(answered(status)), again(30, Some(30)), "{status}");
        }
    }

    #[test]
    fn retry_after_is_honoured_within_bounds_and_never_shortens_the_schedule() {
        let asked = |seconds| {
            first(Outcome::Answered { status: 429, retry_after: Some(TimeDelta::seconds(seconds)) })
        };
        assert_eq!(asked(120), again(120, Some(120)));
        assert_eq!(asked(2), again(5, Some(2)), "the message waits for its schedule, others need not");
        assert_eq!(asked(0), again(5, Some(1)));
        assert_eq!(asked(-5), again(5, Some(1)));
        assert_eq!(asked(1_000_000), again(86_400, Some(86_400)));
        let other = Outcome::Answered { status: 500, retry_after: Some(TimeDelta::hours(1)) };
        assert_eq!(first(other), again(5, None));
    }

    #[test]
    fn a_receiver_is_given_up_after_the_last_attempt_or_five_days() {
        let failing = Verdict::GiveUp(DisabledReason::Failing);
        assert_eq!(after(answered(500), ATTEMPTS, None, NOW, Jitter::NONE), failing);
        let since = |age| Some(NOW - age);
        assert_eq!(after(answered(500), 1, since(GIVES_UP_AFTER), NOW, Jitter::NONE), failing);
        let nearly = GIVES_UP_AFTER - TimeDelta::seconds(1);
        assert_eq!(after(answered(500), 1, since(nearly), NOW, Jitter::NONE), again(5, None));
        assert_eq!(
            after(answered(200), ATTEMPTS, since(GIVES_UP_AFTER), NOW, Jitter::NONE),
            Verdict::Delivered
        );
    }
}
