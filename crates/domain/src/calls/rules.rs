//! When the hotline calls, and when it does not.

use serde::{Deserialize, Serialize};

use crate::matching::MinuteOfWeek;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;

/// How a campaign calls households. Missing fields take the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CallRules {
    /// How long to wait for a household's word before it is called, in seconds. Default 4 hours.
    pub acknowledgement_s: u32,
    /// How long before a request expires its household is called, in seconds. Default 12 hours.
    pub still_needed_s: u32,
    /// How long to wait after the first call in vain, in seconds; doubled after each. Default 15 minutes.
    pub retry_s: u32,
    /// The longest such wait, in seconds. Default 4 hours.
    pub retry_max_s: u32,
    /// Calls in vain after which nobody calls again. Default 4.
    pub tries: u32,
    /// How long an operator keeps a call to themselves, in seconds. Default 10 minutes.
    pub lock_s: u32,
    /// From this minute of the area's day on nobody is called. Default 1260, 21:00.
    pub quiet_from_minute: u16,
    /// From this minute of the area's day on people are called again. Default 480, 08:00.
    pub quiet_until_minute: u16,
}

impl Default for CallRules {
    fn default() -> Self {
        Self {
            acknowledgement_s: 4 * 3600,
            still_needed_s: 12 * 3600,
            retry_s: 15 * 60,
            retry_max_s: 4 * 3600,
            tries: 4,
            lock_s: 10 * 60,
            quiet_from_minute: 21 * 60,
            quiet_until_minute: 8 * 60,
        }
    }
}

impl CallRules {
    /// Whether these are the defaults, which need not be kept.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nobody is called in this minute. Never where both ends of the quiet are one.
    #[must_use]
    pub const fn is_quiet(&self, minute: MinuteOfWeek) -> bool {
        let minute = minute.get() % DAY_MINUTES;
        let (from, until) = (self.quiet_from_minute, self.quiet_until_minute);
        if from <= until { from <= minute && minute < until } else { from <= minute || minute < until }
    }

    /// How long to wait after so many calls in vain, in seconds.
    #[must_use]
    pub fn retry_after_s(&self, tries: u32) -> u32 {
        let doubled = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        self.retry_s.saturating_mul(doubled).min(self.retry_max_s)
    }

    /// Each field with its value and its limits.
    pub(crate) fn limits(&self) -> [(&'static str, u32, u32, u32); 8] {
        const DAY: u32 = 24 * 3600;
        let last = u32::from(DAY_MINUTES) - 1;
        [
            ("calls/acknowledgement_s", self.acknowledgement_s, 60, 30 * DAY),
            ("calls/still_needed_s", self.still_needed_s, 60, 30 * DAY),
            ("calls/retry_s", self.retry_s, 10, DAY),
            ("calls/retry_max_s", self.retry_max_s, 10, 7 * DAY),
            ("calls/tries", self.tries, 1, 50),
            ("calls/lock_s", self.lock_s, 10, 4 * 3600),
            ("calls/quiet_from_minute", u32::from(self.quiet_from_minute), 0, last),
            ("calls/quiet_until_minute", u32::from(self.quiet_until_minute), 0, last),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(day: u16, hour: u16, minute: u16) -> MinuteOfWeek {
        MinuteOfWeek::new((day * 24 + hour) * 60 + minute).expect("a minute of the week")
    }

    #[test]
    fn nobody_is_called_at_night_on_any_day() {
        let rules = CallRules::default();
        for day in 0..7 {
            for (hour, past, quiet) in
                [(0, 0, true), (7, 59, true), (8, 0, false), (20, 59, false), (21, 0, true), (23, 59, true)]
            {
                assert_eq!(rules.is_quiet(minute(day, hour, past)), quiet, "day {day}, {hour}:{past}");
            }
        }
    }

    #[test]
    fn a_quiet_at_noon_has_two_ends_and_an_empty_one_is_none() {
        let noon = CallRules { quiet_from_minute: 720, quiet_until_minute: 780, ..CallRules::default() };
        let quiet: Vec<bool> = [11, 12, 13].map(|hour| noon.is_quiet(minute(2, hour, 0))).to_vec();
        assert_eq!(quiet, [false, true, false]);
        let never = CallRules { quiet_from_minute: 0, quiet_until_minute: 0, ..CallRules::default() };
        assert!(!(0..24).any(|hour| never.is_quiet(minute(0, hour, 0))));
    }

    #[test]
    fn waits_grow_and_have_an_end() {
        let rules = CallRules::default();
        let waits: Vec<u32> =
            [1, 2, 3, 4, 5, 6, 40, u32::MAX].map(|tries| rules.retry_after_s(tries)).to_vec();
        assert_eq!(waits, [900, 1800, 3600, 7200, 14400, 14400, 14400, 14400]);
    }
}
