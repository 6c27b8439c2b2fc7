//! Days and times as people and spreadsheets write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Fault, Reason};
use crate::Moment;

/// A day.
pub type Day = NaiveDate;

/// A time: at a place's own clock, or anywhere's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// With its offset from UTC.
    Universal(Moment),
    /// By the clocks of the area.
    Local(NaiveDateTime),
}

/// Excel counts days from here, having taken 1900 for a leap year.
const SERIAL_ZERO: (i32, u32, u32) = (1899, 12, 30);
/// 1954 and 2064: what is outside is no serial day but some other number.
const SERIALS: std::ops::RangeInclusive<i64> = 20_000..=60_000;

const ADVICE: &str = "write the day as 2026-11-22 or 22.11.2026";

/// The day that a cell writes.
pub(super) fn day(text: &str, column: &'static str) -> Result<Day, Fault> {
    if let Some(serial) = text.parse::<i64>().ok().filter(|serial| SERIALS.contains(serial)) {
        let (year, month, day) = SERIAL_ZERO;
        let zero = NaiveDate::from_ymd_opt(year, month, day);
        let found = zero.and_then(|zero| zero.checked_add_signed(TimeDelta::days(serial)));
        return found.ok_or_else(|| Fault::of(column, Reason::NotADate, ADVICE));
    }
    if let Some(found) = ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
    {
        return sensible(found, column);
    }
    let british = NaiveDate::parse_from_str(text, "%d/%m/%Y").ok();
    let american = NaiveDate::parse_from_str(text, "%m/%d/%Y").ok();
    match (british, american) {
        (Some(one), Some(other)) if one != other => Err(Fault::of(column, Reason::AmbiguousDate, ADVICE)),
        (Some(found), _) | (None, Some(found)) => sensible(found, column),
        (None, None) => Err(Fault::of(column, Reason::NotADate, ADVICE)),
    }
}

/// `%Y` also takes the year 26.
fn sensible(day: Day, column: &'static str) -> Result<Day, Fault> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(2200, 1, 1).unwrap_or_default();
    if (first..last).contains(&day) { Ok(day) } else { Err(Fault::of(column, Reason::NotADate, ADVICE)) }
}

/// The time that a cell writes; a day alone means its midnight.
pub(super) fn time(text: &str, column: &'static str) -> Result<Time, Fault> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Ok(Time::Universal(moment.to_utc()));
    }
    let (date, clock) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let day = day(date, column)?;
    let clock = clock.trim();
    let clock = if clock.is_empty() {
        Some(NaiveTime::MIN)
    } else {
        ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(clock, form).ok())
    };
    clock
        .map(|clock| Time::Local(day.and_time(clock)))
        .ok_or_else(|| Fault::of(column, Reason::NotADate, "write the time as 2026-11-22 18:30"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_clear_spelling() {
        let wanted = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for text in ["2026-11-22", "22.11.2026", "22/11/2026", "11/22/2026", "2026/11/22", "46348"] {
            assert_eq!(day(text, "c"), Ok(wanted), "{text}");
        }
        for (text, reason) in [
            ("03/04/2026", Reason::AmbiguousDate),
            ("22.11.26", Reason::NotADate),
            ("30.02.2026", Reason::NotADate),
            ("yesterday", Reason::NotADate),
            ("7", Reason::NotADate),
        ] {
            assert_eq!(day(text, "c").unwrap_err().reason, reason, "{text}");
        }
        assert!(day("03/03/2026", "c").is_ok());
    }

    #[test]
    fn times_are_local_unless_they_tell_their_offset() {
        let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        assert_eq!(time("22.11.2026 18:30", "c"), Ok(Time::Local(local("2026-11-22 18:30"))));
        assert_eq!(time("2026-11-22", "c"), Ok(Time::Local(local("2026-11-22 00:00"))));
        let told = time("2026-11-22T18:30:00+05:00", "c").unwrap();
        assert_eq!(told, Time::Universal(local("2026-11-22 13:30").and_utc()));
        assert_eq!(time("2026-11-22 25:00", "c").unwrap_err().reason, Reason::NotADate);
    }
}
