//! A household: one door and who lives behind it. The door itself is in `door`, kept apart.

use crate::word::words;

words! {
    /// Where a household is in its life.
    HouseholdStatus: "household status" {
        PendingVerification = "pending_verification",
        Verified = "verified",
        Rejected = "rejected",
        Suspended = "suspended",
        Archived = "archived",
    }
}

words! {
    /// What a coordinator does to a household.
    HouseholdAct: "act upon a household" {
        Verify = "verify",
        Reject = "reject",
        Suspend = "suspend",
        Reinstate = "reinstate",
        Archive = "archive",
    }
}

impl HouseholdStatus {
    /// The status after `act`, or `None` where the act is not to be had.
    #[must_use]
    pub const fn after(self, act: HouseholdAct) -> Option<Self> {
        match (self, act) {
            (Self::PendingVerification, HouseholdAct::Verify)
            | (Self::Suspended, HouseholdAct::Reinstate) => Some(Self::Verified),
            (Self::PendingVerification, HouseholdAct::Reject) => Some(Self::Rejected),
            (Self::Verified, HouseholdAct::Suspend) => Some(Self::Suspended),
            (
                Self::PendingVerification | Self::Verified | Self::Rejected | Self::Suspended,
                HouseholdAct::Archive,
            ) => Some(Self::Archived),
            (
                Self::PendingVerification
                | Self::Verified
                | Self::Rejected
                | Self::Suspended
                | Self::Archived,
                HouseholdAct::Verify
                | HouseholdAct::Reject
                | HouseholdAct::Suspend
                | HouseholdAct::Reinstate
                | HouseholdAct::Archive,
            ) => None,
        }
    }

    /// Whether requests may still be filed for it. They wait until it is verified.
    #[must_use]
    pub const fn takes_requests(self) -> bool {
        match self {
            Self::PendingVerification | Self::Verified => true,
            Self::Rejected | Self::Suspended | Self::Archived => false,
        }
    }
}

impl HouseholdAct {
    /// Whether the household's unfinished requests are cancelled with it.
    #[must_use]
    pub const fn cancels_requests(self) -> bool {
        match self {
            Self::Reject | Self::Suspend | Self::Archive => true,
            Self::Verify | Self::Reinstate => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_and_act_has_the_written_answer() {
        let mut table = String::new();
        for status in HouseholdStatus::ALL {
            for act in HouseholdAct::ALL {
                let after = status.after(*act).map_or("-", HouseholdStatus::as_str);
                table.push_str(&format!("{status} {act} {after}\n"));
            }
        }
        let expected = "\
pending_verification verify verified
pending_verification reject rejected
pending_verification suspend -
pending_verification reinstate -
pending_verification archive archived
verified verify -
verified reject -
verified suspend suspended
verified reinstate -
verified archive archived
rejected verify -
rejected reject -
rejected suspend -
rejected reinstate -
rejected archive archived
suspended verify -
suspended reject -
suspended suspend -
suspended reinstate verified
suspended archive archived
archived verify -
archived reject -
archived suspend -
archived reinstate -
archived archive -
";
        assert_eq!(table, expected);
    }
}
