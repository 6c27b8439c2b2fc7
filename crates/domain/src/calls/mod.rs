//! Calls that operators of the hotline make: what for, how one went, and what follows from that.
//!
//! A call waits until it is due, is locked by one operator while they dial, and ends, or waits again.

mod rules;
mod verdict;

pub use rules::{CallRules, DAY_MINUTES};
pub use verdict::{Answered, CallRefusal, Effect, MAX_LATER_DAYS, Verdict, after};

use crate::word::words;

words! {
    /// What somebody is called for.
    CallPurpose: "purpose of a call" {
        /// Goods were delivered, and nobody has said that they arrived.
        Acknowledgement = "acknowledgement",
        /// Somebody is to be sent because a household stays silent: perhaps it can be reached by telephone.
        WelfareCheck = "welfare_check",
        /// A request is about to expire: is help still needed?
        StillNeeded = "still_needed",
        /// A coordinator said that somebody should call.
        CallBack = "call_back",
    }
}

words! {
    /// How a call of the hotline went.
    HotlineOutcome: "outcome of a hotline's call" {
        Reached = "reached",
        NoAnswer = "no_answer",
        WrongNumber = "wrong_number",
        /// They asked to be called later.
        CallBackAt = "call_back_at",
        HelpNotNeeded = "help_not_needed",
    }
}

words! {
    /// Where a call of the hotline is in its life.
    CallStatus: "status of a call" {
        /// To be made.
        Waiting = "waiting",
        /// Somebody was reached.
        Done = "done",
        /// Tried as often as the policy bears, or the number is somebody else's.
        GivenUp = "given_up",
        /// What it was for was settled otherwise.
        Dropped = "dropped",
    }
}
