//! The published schedule of retries. Source: Standard Webhooks 1.0.0, "Deliverability and reliability".

use chrono::TimeDelta;

/// Seconds after which a failed attempt is repeated; the first is five seconds.
const DELAYS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How often a message is tried, the first time among them.
pub const ATTEMPTS: u32 = 10;

/// By how much a delay is longer than the schedule says, from 0 to 1,000 thousandths of a tenth of it: so that
/// what failed together is not repeated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(u16);

impl Jitter {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// One made of random bits.
    #[must_use]
    pub fn of(bits: u16) -> Self {
        Self(bits % 1_001)
    }
}

/// How long to wait after so many failed attempts; none when that was the last.
#[must_use]
pub fn delay_after(attempts: u32, jitter: Jitter) -> Option<TimeDelta> {
    let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let delay_ms = DELAYS_S.get(place)? * 1_000;
    Some(TimeDelta::milliseconds(delay_ms + delay_ms * i64::from(jitter.0) / 10_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_schedule_is_the_published_one() {
        let delays: Vec<i64> = (1..ATTEMPTS)
            .map(|attempts| delay_after(attempts, Jitter::NONE).map_or(0, |delay| delay.num_seconds()))
            .collect();
        assert_eq!(delays, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(delay_after(ATTEMPTS, Jitter::NONE), None);
        assert_eq!(delay_after(0, Jitter::NONE), None, "nothing was tried");
    }

    proptest! {
        #[test]
        fn jitter_only_adds_and_at_most_a_tenth(attempts in 1..ATTEMPTS, bits: u16) {
            let plain = delay_after(attempts, Jitter::NONE).unwrap();
            let shifted = delay_after(attempts, Jitter::of(bits)).unwrap();
            prop_assert!(plain <= shifted && shifted <= plain + plain / 10);
        }
    }
}
