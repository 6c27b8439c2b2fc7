//! A volunteer: a vetted person, when they can, and what becomes of them.

use crate::word::words;

words! {
    /// Where a volunteer is in their life with the campaign.
    VolunteerStatus: "volunteer status" {
        Registered = "registered",
        Approved = "approved",
        Rejected = "rejected",
        Suspended = "suspended",
        Left = "left",
    }
}

words! {
    /// What is done to a volunteer, or by them.
    VolunteerAct: "act upon a volunteer" {
        Approve = "approve",
        Reject = "reject",
        Suspend = "suspend",
        Reinstate = "reinstate",
        Leave = "leave",
    }
}

impl VolunteerStatus {
    /// The status after `act`, or `None` where the act is not to be had.
    #[must_use]
    pub const fn after(self, act: VolunteerAct) -> Option<Self> {
        match (self, act) {
            (Self::Registered, VolunteerAct::Approve) | (Self::Suspended, VolunteerAct::Reinstate) => {
                Some(Self::Approved)
            }
            (Self::Registered, VolunteerAct::Reject) => Some(Self::Rejected),
            (Self::Approved, VolunteerAct::Suspend) => Some(Self::Suspended),
            (Self::Registered | Self::Approved | Self::Rejected | Self::Suspended, VolunteerAct::Leave) => {
                Some(Self::Left)
            }
            (
                Self::Registered | Self::Approved | Self::Rejected | Self::Suspended | Self::Left,
                VolunteerAct::Approve
                | VolunteerAct::Reject
                | VolunteerAct::Suspend
                | VolunteerAct::Reinstate
                | VolunteerAct::Leave,
            ) => None,
        }
    }
}

impl VolunteerAct {
    /// Whether the volunteer's active claims are revoked with it.
    #[must_use]
    pub const fn revokes_claims(self) -> bool {
        match self {
            Self::Reject | Self::Suspend | Self::Leave => true,
            Self::Approve | Self::Reinstate => false,
        }
    }
}

/// Minutes in a week; availability is told in minutes since Monday 00:00, local time.
pub const MINUTES_PER_WEEK: u16 = 7 * 24 * 60;

/// One stretch of a week in which a volunteer is available: from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
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

    /// Minute of the week at which it starts.
    #[must_use]
    pub const fn start(self) -> u16 {
        self.start
    }

    /// Minute of the week before which it ends.
    #[must_use]
    pub const fn end(self) -> u16 {
        self.end
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
    fn every_status_and_act_has_the_written_answer() {
        let allowed: Vec<String> = VolunteerStatus::ALL
            .iter()
            .flat_map(|status| VolunteerAct::ALL.iter().map(move |act| (*status, *act)))
            .filter_map(|(status, act)| status.after(act).map(|after| format!("{status} {act} {after}")))
            .collect();
        assert_eq!(
            allowed,
            [
                "registered approve approved",
                "registered reject rejected",
                "registered leave left",
                "approved suspend suspended",
                "approved leave left",
                "rejected leave left",
                "suspended reinstate approved",
                "suspended leave left",
            ]
        );
    }

    #[test]
    fn a_slot_holds_its_first_minute_and_not_its_last() {
        let monday_morning = WeeklySlot::new(480, 720).unwrap();
        assert!(monday_morning.holds(480) && monday_morning.holds(719) && !monday_morning.holds(720));
        assert!(WeeklySlot::new(720, 720).is_err() && WeeklySlot::new(0, MINUTES_PER_WEEK + 1).is_err());
    }
}
