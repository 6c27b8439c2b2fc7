//! The week as volunteers plan it: minutes from Monday midnight, in the area's local time.
//!
//! Which minute it is now is told from outside, so that no calendar of time zones is needed here.

use chrono::{Datelike, NaiveDateTime, Timelike};

const MINUTES_A_DAY: u16 = 24 * 60;
const MINUTES_A_WEEK: u16 = 7 * MINUTES_A_DAY;

/// A minute of the local week: 0 is Monday 00:00, 10 079 is Sunday 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfWeek(u16);

/// The number is not a minute of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a minute of the week is a number from 0 to 10079")]
pub struct NotAMinute;

/// A span of no length, which could as well mean the whole week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a span must end at another minute than it begins")]
pub struct EmptySpan;

/// A time that comes every week, from its first minute up to and without its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekSpan {
    from: MinuteOfWeek,
    until: MinuteOfWeek,
}

/// When in the week a volunteer may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// At any time: the volunteer set no hours.
    Always,
    /// In these spans and at no other time.
    Weekly(Vec<WeekSpan>),
}

impl MinuteOfWeek {
    /// The minute of this number.
    ///
    /// # Errors
    /// When a week has not so many minutes.
    pub const fn new(minute: u16) -> Result<Self, NotAMinute> {
        if minute < MINUTES_A_WEEK { Ok(Self(minute)) } else { Err(NotAMinute) }
    }

    /// The minute in which a local date and time lies.
    #[must_use]
    pub fn of(local: NaiveDateTime) -> Self {
        let days = local.weekday().num_days_from_monday();
        let minutes = days * u32::from(MINUTES_A_DAY) + local.hour() * 60 + local.minute();
        Self(u16::try_from(minutes).unwrap_or_default())
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl WeekSpan {
    /// A span; one that ends before it begins goes over Sunday midnight.
    ///
    /// # Errors
    /// When it begins and ends at the same minute.
    pub fn new(from: MinuteOfWeek, until: MinuteOfWeek) -> Result<Self, EmptySpan> {
        if from == until { Err(EmptySpan) } else { Ok(Self { from, until }) }
    }

    /// Whether this minute is in the span.
    #[must_use]
    pub fn contains(self, minute: MinuteOfWeek) -> bool {
        if self.from < self.until {
            self.from <= minute && minute < self.until
        } else {
            self.from <= minute || minute < self.until
        }
    }
}

impl Availability {
    /// Whether the volunteer may be asked in this minute.
    #[must_use]
    pub fn contains(&self, minute: MinuteOfWeek) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly(spans) => spans.iter().any(|span| span.contains(minute)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn minute(day: u16, hour: u16) -> MinuteOfWeek {
        MinuteOfWeek::new(day * MINUTES_A_DAY + hour * 60).expect("a minute of the week")
    }

    #[test]
    fn a_local_time_has_its_minute() {
        // 2 March 2020 was a Monday.
        for (day, hour, expected) in [(2, 0, minute(0, 0)), (4, 18, minute(2, 18)), (8, 23, minute(6, 23))] {
            let local = NaiveDate::from_ymd_opt(2020, 3, day).and_then(|date| date.and_hms_opt(hour, 0, 59));
            assert_eq!(MinuteOfWeek::of(local.expect("a date")), expected);
        }
        assert_eq!(MinuteOfWeek::new(MINUTES_A_WEEK), Err(NotAMinute));
    }

    #[test]
    fn a_span_holds_its_first_minute_and_not_its_last() {
        let cases = [
            ((0, 9), (0, 17), [(0, 8), (0, 17), (1, 9)].as_slice(), [(0, 9), (0, 16)].as_slice()),
            ((6, 22), (0, 6), &[(6, 21), (0, 6), (3, 0)], &[(6, 22), (6, 23), (0, 0), (0, 5)]),
        ];
        for (from, until, outside, inside) in cases {
            let span = WeekSpan::new(minute(from.0, from.1), minute(until.0, until.1)).expect("a span");
            assert!(inside.iter().all(|(day, hour)| span.contains(minute(*day, *hour))), "{span:?}");
            assert!(!outside.iter().any(|(day, hour)| span.contains(minute(*day, *hour))), "{span:?}");
        }
        assert_eq!(WeekSpan::new(minute(1, 1), minute(1, 1)), Err(EmptySpan));
    }

    #[test]
    fn no_span_at_all_is_never() {
        assert!(!Availability::Weekly(Vec::new()).contains(minute(0, 0)));
        assert!(Availability::Always.contains(minute(0, 0)));
    }

    proptest! {
        #[test]
        fn a_span_and_its_reverse_share_out_the_week(from in 0..MINUTES_A_WEEK, until in 0..MINUTES_A_WEEK) {
            prop_assume!(from != until);
            let at = |minute| MinuteOfWeek::new(minute).expect("a minute of the week");
            let span = WeekSpan::new(at(from), at(until)).expect("a span");
            let reverse = WeekSpan::new(at(until), at(from)).expect("a span");
            for minute in (0..MINUTES_A_WEEK).map(at) {
                prop_assert_ne!(span.contains(minute), reverse.contains(minute));
            }
        }
    }
}
