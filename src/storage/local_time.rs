//! What time it is for a decision: the campaign's clock, and the week of the area's time zone.

use chrono::{TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::Moment;
use domain::matching::{At, MinuteOfWeek};

use super::StorageError;

/// An area's time: its zone, and what its campaign adds to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    zone: Tz,
    offset: TimeDelta,
}

impl LocalTime {
    /// The time of an area in the zone of this IANA name, whose campaign adds so many seconds.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn new(zone: &str, clock_offset_s: i64) -> Result<Self, StorageError> {
        let impossible = |what: &str| StorageError::Impossible(what.to_owned());
        Ok(Self {
            zone: zone.parse().map_err(|_| impossible("an area's time zone that is none"))?,
            offset: TimeDelta::try_seconds(clock_offset_s)
                .ok_or_else(|| impossible("a clock offset beyond all years"))?,
        })
    }

    /// The moment of a decision, from the transaction's time.
    #[must_use]
    pub fn at(self, transaction: Moment) -> At {
        let now = transaction + self.offset;
        At { now, local: MinuteOfWeek::of(self.zone.from_utc_datetime(&now.naive_utc()).naive_local()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_is_the_areas_and_the_clock_the_campaigns() {
        // A Sunday, 20:30 UTC: in Almaty (UTC+5) it is Monday 01:30; an hour later 02:30.
        let sunday = "2026-11-22T20:30:00Z".parse().unwrap();
        for (offset_s, minute) in [(0, 90), (3600, 150)] {
            let at = LocalTime::new("Asia/Almaty", offset_s).unwrap().at(sunday);
            assert_eq!((at.now, at.local.get()), (sunday + TimeDelta::seconds(offset_s), minute));
        }
    }

    #[test]
    fn a_zone_that_is_none_is_reported() {
        assert!(LocalTime::new("Asia/Nowhere", 0).is_err());
    }
}
