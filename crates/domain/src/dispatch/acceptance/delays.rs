//! How soon those who accept do so.

use serde::{Deserialize, Serialize};

use super::tally::{day_of, faded};
use crate::Moment;
use crate::dispatch::Chance;

/// Where the bins of delays end, in seconds; one more has no end.
pub const EDGES_S: [u32; 10] = [60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800];

/// What an answer counts, in thousandths.
const ONE: u64 = 1_000;

/// Answers by how soon they came, in thousandths, where what is old counts less.
///
/// Before anything was seen: twenty answers, half of them within some nine minutes. An assumption: delays are
/// published for emergencies only, where half answer within a minute. Late answers of those whom somebody else was
/// quicker than are never seen, so what is learnt leans to the quick side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delays {
    /// By bin; the last one has no end.
    pub answers: Vec<u64>,
    /// The day as of which they count, since 1970 in UTC.
    pub day: i64,
}

impl Default for Delays {
    fn default() -> Self {
        Self { answers: vec![0; EDGES_S.len() + 1], day: 0 }
    }
}

/// The prior, in thousandths of an answer; it never fades.
const PRIOR: [u64; 11] = [1_600, 2_000, 4_000, 3_400, 3_000, 1_600, 2_000, 1_200, 600, 400, 200];

impl Delays {
    /// Counts an answer that took so long.
    pub(super) fn learn(&mut self, delay_s: u32, now: Moment) {
        let today = day_of(now).max(self.day);
        for count in &mut self.answers {
            *count = faded(*count, today - self.day);
        }
        self.day = today;
        let bin = EDGES_S.iter().take_while(|edge| **edge < delay_s).count();
        if let Some(count) = self.answers.get_mut(bin) {
            *count = count.saturating_add(ONE);
        }
    }

    fn counts(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        let starts = std::iter::once(0).chain(EDGES_S.map(u64::from));
        // The last bin is taken to end after two days.
        let ends = EDGES_S.map(u64::from).into_iter().chain(std::iter::once(2 * 24 * 3600));
        let seen =
            self.answers.iter().chain(std::iter::repeat(&0)).zip(PRIOR).map(|(seen, prior)| seen + prior);
        starts.zip(ends).zip(seen).map(|((start, end), count)| (start, end, count))
    }

    fn total(&self) -> u64 {
        self.counts().map(|(_, _, count)| count).sum()
    }

    /// The share of answers that come within this time: straight lines between the bins' ends.
    #[must_use]
    pub fn within(&self, seconds: u32) -> Chance {
        let time = u64::from(seconds);
        let by_then: u64 = self
            .counts()
            .map(|(start, end, count)| count * time.clamp(start, end).saturating_sub(start) / (end - start))
            .sum();
        Chance::part(by_then, self.total())
    }

    /// The time within which this share of answers comes, in seconds, rounded up.
    #[must_use]
    pub fn time_for(&self, share: Chance) -> u32 {
        // `within` never shrinks with the time.
        let (mut low, mut high) = (0_u32, 2 * 24 * 3600);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.within(middle) >= share { high = middle } else { low = middle + 1 }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_answer_within_ten_minutes_until_something_else_is_seen() {
        let mut delays = Delays::default();
        let before = delays.time_for(Chance::percent(50));
        assert!((480..=600).contains(&before), "{before}");
        for _ in 0..400 {
            delays.learn(45, Moment::UNIX_EPOCH);
        }
        assert!(delays.time_for(Chance::percent(80)) <= 60);
        assert_eq!(delays.within(0), Chance::NEVER);
        assert_eq!(delays.within(u32::MAX), Chance::CERTAIN);
    }

    proptest! {
        #[test]
        fn more_time_never_means_fewer_answers(seen in proptest::collection::vec(0_u32..90_000, 0..60), a in 0_u32..200_000, more in 0_u32..90_000) {
            let mut delays = Delays::default();
            for delay in seen {
                delays.learn(delay, Moment::UNIX_EPOCH);
            }
            prop_assert!(delays.within(a) <= delays.within(a + more));
            let share = delays.within(a);
            prop_assert!(delays.within(delays.time_for(share)) >= share);
        }
    }
}
