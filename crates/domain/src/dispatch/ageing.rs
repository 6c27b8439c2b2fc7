//! How far a request is on its way to a coordinator: bounded, and never less for waiting longer.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Chance, DispatchPolicy};
use crate::Moment;

/// How long a request has waited, of how long it is left to volunteers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ageing {
    /// When a coordinator is called at the latest.
    pub escalate_at: Moment,
    /// The part of that time which is gone.
    pub waited: Chance,
}

/// When a coordinator is called at the latest, and how much of the time until then is gone.
///
/// That is so long before the end of its window as the policy says, and at the latest so long after it was opened:
/// every request has such a moment, and nothing that happens puts it off.
#[must_use]
pub fn ageing(policy: &DispatchPolicy, opened_at: Moment, window_end: Option<Moment>, now: Moment) -> Ageing {
    let after = opened_at + TimeDelta::seconds(i64::from(policy.escalate_after_s));
    let before = TimeDelta::seconds(i64::from(policy.escalate_before_s));
    // A window shorter than the margin is left to volunteers for its half.
    let margin = |end: Moment| (end - before).max(opened_at + end.signed_duration_since(opened_at) / 2);
    let escalate_at = window_end.map_or(after, |end| margin(end).min(after));
    let seconds = |time: TimeDelta| u64::try_from(time.num_seconds()).unwrap_or(0);
    let whole = seconds(escalate_at.signed_duration_since(opened_at));
    let gone = seconds(now.signed_duration_since(opened_at));
    let waited = if whole == 0 { Chance::CERTAIN } else { Chance::part(gone, whole) };
    Ageing { escalate_at, waited }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3600;

    fn at(seconds: i64) -> Moment {
        Moment::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn the_margin_or_the_day_comes_first() {
        let policy = DispatchPolicy::default();
        for (end, expected) in [(None, 24), (Some(12), 8), (Some(100), 24), (Some(6), 3), (Some(-1), 0)] {
            let found = ageing(&policy, at(0), end.map(|hours| at(hours * HOUR)), at(0)).escalate_at;
            let expected = if end == Some(-1) { at(-HOUR / 2) } else { at(expected * HOUR) };
            assert_eq!(found, expected, "{end:?}");
        }
    }

    proptest! {
        #[test]
        fn waiting_is_bounded_and_never_less_later(
            opened in -100_000_i64..100_000, end in proptest::option::of(-200_000_i64..400_000),
            now in -200_000_i64..400_000, more in 0_i64..400_000,
        ) {
            let policy = DispatchPolicy::default();
            let (sooner, later) = (
                ageing(&policy, at(opened), end.map(at), at(now)),
                ageing(&policy, at(opened), end.map(at), at(now + more)),
            );
            prop_assert!(sooner.waited <= later.waited);
            prop_assert_eq!(sooner.escalate_at, later.escalate_at);
            prop_assert!(sooner.escalate_at <= at(opened) + TimeDelta::days(1));
        }
    }
}
