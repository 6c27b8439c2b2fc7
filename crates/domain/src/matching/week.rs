//! The week as volunteers plan it: minutes from Monday midnight, in the area's local time.
//!
//! Which minute it is now is told from outside, so that no calendar of time zones is needed here.

use chrono::{Datelike, NaiveDateTime, Timelike};

use crate::volunteer::{MINUTES_PER_WEEK, WeeklySlot};

/// A minute of the local week: 0 is Monday 00:00, 10 079 is Sunday 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfWeek(u16);

/// The number is not a minute of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a minute of the week is a number from 0 to 10079")]
pub struct NotAMinute;

/// When in the week a volunteer may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Availability {
    /// At any time: the volunteer set no hours.
    Always,
    /// In these slots and at no other time.
    Weekly(Vec<WeeklySlot>),
}

impl MinuteOfWeek {
    /// The minute of this number.
    ///
    /// # Errors
    /// When a week has not so many minutes.
    pub const fn new(minute: u16) -> Result<Self, NotAMinute> {
        if minute < MINUTES_PER_WEEK { Ok(Self(minute)) } else { Err(NotAMinute) }
    }

    /// The minute in which a local date and time lies.
    #[must_use]
    pub fn of(local: NaiveDateTime) -> Self {
        let hours = local.weekday().num_days_from_monday() * 24 + local.hour();
        // At most 10 079, so it always fits.
        Self(u16::try_from(hours * 60 + local.minute()).unwrap_or_default())
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Availability {
    /// Whether the volunteer may be asked in this minute.
    #[must_use]
    pub fn holds(&self, minute: MinuteOfWeek) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly(slots) => slots.iter().any(|slot| slot.holds(minute.get())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn minute(day: u16, hour: u16) -> MinuteOfWeek {
        MinuteOfWeek::new((day * 24 + hour) * 60).expect("a minute of the week")
    }

    #[test]
    fn a_local_time_has_its_minute() {
        // 2 March 2020 was a Monday.
        for (day, hour, expected) in [(2, 0, minute(0, 0)), (4, 18, minute(2, 18)), (8, 23, minute(6, 23))] {
            let local = NaiveDate::from_ymd_opt(2020, 3, day).and_then(|date| date.and_hms_opt(hour, 0, 59));
            assert_eq!(MinuteOfWeek::of(local.expect("a date")), expected);
        }
        let last = NaiveDate::from_ymd_opt(2020, 3, 8).and_then(|date| date.and_hms_opt(23, 59, 59));
        assert_eq!(MinuteOfWeek::of(last.expect("a date")).get(), 10_079);
        assert_eq!(MinuteOfWeek::new(MINUTES_PER_WEEK), Err(NotAMinute));
    }

    #[test]
    fn any_slot_will_do_and_no_slot_at_all_is_never() {
        let slot = |start: (u16, u16), end: (u16, u16)| {
            WeeklySlot::new((start.0 * 24 + start.1) * 60, (end.0 * 24 + end.1) * 60).expect("a slot")
        };
        // Sunday night over midnight is two slots.
        let night = Availability::Weekly(vec![slot((6, 22), (7, 0)), slot((0, 0), (0, 6))]);
        assert!(
            [(6, 22), (6, 23), (0, 0), (0, 5)].iter().all(|(day, hour)| night.holds(minute(*day, *hour)))
        );
        assert!(![(6, 21), (0, 6), (3, 0)].iter().any(|(day, hour)| night.holds(minute(*day, *hour))));
        assert!(!Availability::Weekly(Vec::new()).holds(minute(0, 0)));
        assert!(Availability::Always.holds(minute(0, 0)));
    }
}
