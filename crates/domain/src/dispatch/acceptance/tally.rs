//! What was expected and what came of it, in thousandths, where what is old counts less.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::dispatch::Chance;

/// Of 1024, what a day leaves: half after 45 days, for 1008/1024 to the 45th is 0.49.
const A_DAY_LEAVES: u64 = 1_008;
/// After so many days nothing is left of any count.
const FORGOTTEN_AFTER_DAYS: i64 = 2_000;
/// One offer, or one acceptance.
const ONE: u64 = 1_000;

/// How many accepted, and how many would have if everyone had accepted for whom nothing else spoke against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Thousandths of an acceptance.
    pub accepted: u64,
    /// Thousandths of an offer that nothing spoke against.
    pub exposure: u64,
    /// The day as of which it counts, since 1970 in UTC.
    pub day: i64,
}

/// The day on which a moment lies, since 1970 in UTC.
pub(super) fn day_of(now: Moment) -> i64 {
    now.timestamp().div_euclid(24 * 3600)
}

/// What is left of a count after so many days. Day after day, so that it does not matter how often it was asked.
pub(super) fn faded(count: u64, days: i64) -> u64 {
    if days >= FORGOTTEN_AFTER_DAYS {
        return 0;
    }
    let mut left = count;
    for _ in 0..days.max(0) {
        if left == 0 {
            break;
        }
        left = left.saturating_mul(A_DAY_LEAVES) / 1_024;
    }
    left
}

impl Tally {
    /// The same tally as it counts today; the past does not come back when a clock is set back.
    #[must_use]
    pub fn as_of(self, now: Moment) -> Self {
        let day = day_of(now).max(self.day);
        let days = day - self.day;
        Self { accepted: faded(self.accepted, days), exposure: faded(self.exposure, days), day }
    }

    /// Counts an offer that was accepted or was not, to which so much exposure is owed.
    #[must_use]
    pub(super) fn with(self, is_accepted: Accepted, exposure: Chance, now: Moment) -> Self {
        let today = self.as_of(now);
        let accepted = match is_accepted {
            Accepted::Yes => ONE,
            Accepted::No => 0,
        };
        Self {
            accepted: today.accepted.saturating_add(accepted),
            exposure: today.exposure.saturating_add(u64::from(exposure.get()) / ONE),
            ..today
        }
    }

    /// The estimate: this tally with a prior worth `strength` thousandths of an offer.
    #[must_use]
    pub fn rate(self, prior: Chance, strength: u64) -> Chance {
        let expected = u64::from(prior.get()).saturating_mul(strength) / 1_000_000;
        Chance::part(self.accepted.saturating_add(expected), self.exposure.saturating_add(strength))
    }
}

/// Whether an offer was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// It was.
    Yes,
    /// It was not.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn day(day: i64) -> Moment {
        Moment::UNIX_EPOCH + TimeDelta::days(18_000 + day)
    }

    #[test]
    fn half_is_left_after_a_month_and_a_half() {
        let counted = Tally { accepted: 100_000, exposure: 300_000, day: day_of(day(0)) };
        let later = counted.as_of(day(45));
        assert!((48_000..=50_000).contains(&later.accepted), "{later:?}");
        assert_eq!(counted.as_of(day(5_000)).exposure, 0);
        assert_eq!(counted.as_of(day(-3)), counted);
    }

    #[test]
    fn with_no_history_the_prior_stands_and_much_history_outweighs_it() {
        let prior = Chance::percent(30);
        assert_eq!(Tally::default().rate(prior, 5_000), prior);
        let eager = Tally { accepted: 95_000, exposure: 95_000, day: 0 };
        assert_eq!(eager.rate(prior, 5_000).get(), 965_000);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_often_one_looked(count in 0_u64..10_000_000, first in 0_i64..400, then in 0_i64..400) {
            prop_assert_eq!(faded(faded(count, first), then), faded(count, first + then));
        }
    }
}
