//! What one consideration does to the chance: a table of bins, each with a prior and what was seen.

use serde::{Deserialize, Serialize};

use super::tally::{Accepted, Tally};
use crate::Moment;
use crate::dispatch::Chance;
use crate::word::words;

words! {
    /// What is considered besides a volunteer's own history.
    Consideration: "consideration" {
        /// How long the way takes, in minutes.
        Way = "way",
        /// How many claims they hold.
        Load = "load",
        /// The hour of their day.
        Hour = "hour",
        /// Offers of the last seven days.
        Tired = "tired",
    }
}

/// What a prior is worth, in thousandths of an offer that nothing spoke against.
const STRENGTH: u64 = 30_000;

impl Consideration {
    /// How many bins the largest table has.
    pub const MOST_BINS: usize = 7;

    /// By how much each bin lowers the chance, in per cent of the bin where nothing speaks against it, before anything
    /// was seen. Our assumption: half as likely beyond half an hour, two fifths with three claims in hand, a quarter
    /// less after a few offers in a week.
    #[must_use]
    pub const fn priors(self) -> &'static [u32] {
        match self {
            Self::Way => &[100, 92, 80, 65, 50, 36, 20],
            Self::Load => &[100, 80, 60, 40],
            Self::Hour => &[60, 100, 100, 100, 100, 60],
            Self::Tired => &[100, 92, 85, 78, 65, 50],
        }
    }
}

/// A table: for each bin what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Which consideration it is about.
    pub about: Consideration,
    /// The bins in their order.
    pub bins: Vec<Tally>,
}

impl Factor {
    /// A table in which nothing was seen yet.
    #[must_use]
    pub fn unseen(about: Consideration) -> Self {
        Self { about, bins: vec![Tally::default(); about.priors().len()] }
    }

    /// By how much this bin lowers the chance now.
    #[must_use]
    pub fn of(&self, bin: usize, now: Moment) -> Chance {
        let seen = self.bins.get(bin).copied().unwrap_or_default();
        let prior = self.about.priors().get(bin).copied().unwrap_or(100);
        if seen.exposure == 0 && self.bins.iter().all(|bin| bin.exposure == 0) {
            return Chance::percent(prior);
        }
        let rate = u128::from(seen.as_of(now).rate(Chance::percent(prior), STRENGTH).get());
        let (had, meant) = self.level(now);
        let levelled = rate.saturating_mul(meant) / had.max(1);
        Chance::millionths(u32::try_from(levelled).unwrap_or(u32::MAX))
    }

    /// What was seen over all bins, and what the priors meant it to be. Their ratio belongs to the base.
    fn level(&self, now: Moment) -> (u128, u128) {
        self.bins.iter().zip(self.about.priors()).fold((0, 0), |(had, meant), (seen, prior)| {
            let seen = seen.as_of(now);
            let prior = u128::from(*prior);
            let exposure = u128::from(seen.exposure) + u128::from(STRENGTH);
            let accepted = u128::from(seen.accepted) * 100 + prior * u128::from(STRENGTH);
            (had + accepted, meant + prior * exposure)
        })
    }

    /// Counts an offer in its bin; `exposure` is what its chance would have been without this table.
    pub(super) fn learn(&mut self, bin: usize, accepted: Accepted, exposure: Chance, now: Moment) {
        if let Some(seen) = self.bins.get_mut(bin) {
            *seen = seen.with(accepted, exposure, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(exposure: u64, accepted: [u64; 4]) -> Factor {
        let bins = accepted.map(|accepted| Tally { accepted, exposure, day: 0 }).to_vec();
        Factor { bins, ..Factor::unseen(Consideration::Load) }
    }

    #[test]
    fn before_anything_was_seen_the_priors_stand() {
        for about in Consideration::ALL {
            let table = Factor::unseen(*about);
            for (bin, prior) in about.priors().iter().enumerate() {
                assert_eq!(table.of(bin, Moment::UNIX_EPOCH), Chance::percent(*prior), "{about} {bin}");
            }
            assert!(about.priors().len() <= Consideration::MOST_BINS);
        }
    }

    #[test]
    fn a_level_that_is_off_everywhere_is_left_to_the_base() {
        // Half as many accept as the priors say, in every bin.
        let table = learnt(1_000_000, [500_000, 400_000, 300_000, 200_000]);
        for (bin, prior) in [(0, 100), (1, 80), (2, 60), (3, 40)] {
            let now = table.of(bin, Moment::UNIX_EPOCH).get();
            assert!(now.abs_diff(prior * 10_000) <= 10, "{bin}: {now}");
        }
    }

    #[test]
    fn a_bin_that_behaves_otherwise_is_seen() {
        // Claims in hand do not put these people off.
        let table = learnt(1_000_000, [300_000; 4]);
        let now = [0, 1, 2, 3].map(|bin| table.of(bin, Moment::UNIX_EPOCH).get() / 10_000);
        assert!(now.iter().all(|percent| (66..=74).contains(percent)), "{now:?}");
    }
}
