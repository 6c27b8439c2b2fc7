//! Who may do what to a request, seen from that request.

use super::act::{Act, HandOver};
use crate::word::words;

words! {
    /// What somebody is to one request.
    Party: "party to a request" {
        /// The volunteer whose claim on it is active.
        Holder = "holder",
        /// Any other volunteer of the campaign.
        Volunteer = "volunteer",
        /// A coordinator of the organisation that owns it.
        Coordinator = "coordinator",
        /// The partner app that filed it.
        Partner = "partner",
        Administrator = "administrator",
        /// The service's own loops.
        System = "system",
        /// Everybody else: other organisations, other partners, nobody logged in.
        Stranger = "stranger",
    }
}

/// Whether `party` may do `act` at all, wherever the request stands.
///
/// A coordinator completes only a hand-over, and only when the phrase failed as often as it may;
/// that second half is the proof rule's (`proof`).
#[must_use]
pub const fn permits(party: Party, act: Act) -> bool {
    match act {
        Act::Verify | Act::Assign | Act::Revoke => matches!(party, Party::Coordinator),
        Act::Claim => matches!(party, Party::Volunteer),
        Act::Release | Act::PickUp | Act::Arrive | Act::Fail(_) | Act::Conclude(_) => {
            matches!(party, Party::Holder)
        }
        Act::Complete(HandOver::LeftAtDoor) => matches!(party, Party::Holder),
        Act::Complete(HandOver::HandedOver) => matches!(party, Party::Holder | Party::Coordinator),
        Act::Cancel | Act::Acknowledge => matches!(party, Party::Coordinator | Party::Partner),
        Act::Lapse | Act::Expire | Act::Escalate => matches!(party, Party::System),
    }
}
