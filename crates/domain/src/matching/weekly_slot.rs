//! One stretch of the week in which a volunteer is available.

/// Minutes in a week; availability is told in minutes since Monday 00:00, local time.
pub const MINUTES_PER_WEEK: u16 = 7 * 24 * 60;

/// One stretch of a week in which a volunteer is available: from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WeeklySlot {
    start: u16,
    end: u16,
}

/// Why two minutes are not a stretch of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slot starts before it ends, and ends at minute 10080 (Sunday midnight) at the latest")]
pub struct SlotError;

impl WeeklySlot {
    /// A stretch from minute `start` of the week up to minute `end`. One that crosses Sunday midnight is two slots.
    ///
    /// # Errors
    /// When it is empty, or leaves the week.
    pub const fn new(start: u16, end: u16) -> Result<Self, SlotError> {
        if start < end && end <= MINUTES_PER_WEEK { Ok(Self { start, end }) } else { Err(SlotError) }
    }

    /// Whether this minute of the week lies in it.
    #[must_use]
    pub const fn holds(self, minute: u16) -> bool {
        self.start <= minute && minute < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_holds_its_first_minute_and_not_its_last() {
        let monday_morning = WeeklySlot::new(480, 720).expect("a slot");
        assert!(monday_morning.holds(480) && monday_morning.holds(719) && !monday_morning.holds(720));
        assert!(WeeklySlot::new(720, 720).is_err() && WeeklySlot::new(0, MINUTES_PER_WEEK + 1).is_err());
    }
}
