//! What can be done to a request, or happen to it.

use crate::word::words;

words! {
    /// How goods reached the household.
    HandOver: "outcome of a completed delivery" {
        LeftAtDoor = "left_at_door",
        HandedOver = "handed_over",
    }
}

words! {
    /// Why a delivery could not be made.
    FailureOutcome: "outcome of a failed delivery" {
        NoAnswer = "no_answer",
        NoStock = "no_stock",
        Unsafe = "unsafe",
        Other = "other",
        BadAddress = "bad_address",
        Refused = "refused",
        AlreadyServed = "already_served",
    }
}

words! {
    /// How a call or a welfare check went.
    CallOutcome: "outcome of a call or welfare check" {
        Reached = "reached",
        NoAnswer = "no_answer",
        NeedsHelp = "needs_help",
        Refused = "refused",
    }
}

/// One act upon a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// A coordinator lets it be claimed, for the first time or again.
    Verify,
    /// A volunteer takes it.
    Claim,
    /// A coordinator gives it to a volunteer.
    Assign,
    /// The holder gives it back.
    Release,
    /// A coordinator takes it from the holder.
    Revoke,
    /// The lease ran out.
    Lapse,
    /// The goods are in the holder's hands.
    PickUp,
    /// The holder is at the door.
    Arrive,
    /// Delivered, with proof.
    Complete(HandOver),
    /// Not delivered.
    Fail(FailureOutcome),
    /// A call or visit is over.
    Conclude(CallOutcome),
    /// Household, partner or coordinator call it off.
    Cancel,
    /// Its last extension ended unclaimed.
    Expire,
    /// Its window ended unclaimed: a coordinator is told.
    Escalate,
    /// The household confirms that it was served.
    Acknowledge,
}

impl Act {
    /// Every act with every outcome, in the order of a life.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Verify,
            Self::Claim,
            Self::Assign,
            Self::Release,
            Self::Revoke,
            Self::Lapse,
            Self::PickUp,
            Self::Arrive,
        ];
        all.extend(HandOver::ALL.iter().copied().map(Self::Complete));
        all.extend(FailureOutcome::ALL.iter().copied().map(Self::Fail));
        all.extend(CallOutcome::ALL.iter().copied().map(Self::Conclude));
        all.extend([Self::Cancel, Self::Expire, Self::Escalate, Self::Acknowledge]);
        all
    }
}
