//! What one act does to the request, its claim and its delivery: the product's table as a function.

use super::act::{Act, CallOutcome, FailureOutcome};
use super::standing::Standing;
use super::statuses::{ClaimStatus, DeliveryStatus, Hold, RequestStatus};

/// What an act changes. `None` in `claim` or `delivery` leaves that row as it is (or there is none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consequence {
    /// The request's status afterwards.
    pub request: RequestStatus,
    /// Why it waits for a coordinator, where it does.
    pub hold: Option<Hold>,
    /// The claim's status afterwards.
    pub claim: Option<ClaimStatus>,
    /// The delivery's status afterwards.
    pub delivery: Option<DeliveryStatus>,
    /// Whether a failed attempt is counted against the policy's limit.
    pub counts_as_failure: bool,
    /// Whether somebody still has the goods, so that a coordinator must see to them.
    pub goods_out: bool,
}

/// What `act` does to a request that stands so, or `None` where the act is not to be had there.
///
/// `failures` are the failed attempts before this one, `max_failures` the policy's limit at which a
/// coordinator takes over.
#[must_use]
pub fn consequence_of(standing: Standing, act: Act, failures: u32, max_failures: u32) -> Option<Consequence> {
    match act {
        Act::Verify => (standing == Standing::Pending).then(|| only(RequestStatus::Open)),
        Act::Claim | Act::Assign => (standing == Standing::Open)
            .then(|| Consequence { claim: Some(ClaimStatus::Active), ..only(RequestStatus::Claimed) }),
        Act::Release => handed_back(standing, ClaimStatus::Released),
        Act::Revoke => handed_back(standing, ClaimStatus::Revoked),
        Act::Lapse => handed_back(standing, ClaimStatus::Lapsed),
        Act::PickUp => (standing == Standing::AwaitingPickup).then(|| Consequence {
            delivery: Some(DeliveryStatus::PickedUp),
            ..only(RequestStatus::InDelivery)
        }),
        Act::Arrive => (standing == Standing::PickedUp).then(|| Consequence {
            delivery: Some(DeliveryStatus::AtDoor),
            ..only(RequestStatus::InDelivery)
        }),
        Act::Complete(_) => (standing == Standing::AtDoor).then(|| Consequence {
            claim: Some(ClaimStatus::Completed),
            delivery: Some(DeliveryStatus::Completed),
            ..only(RequestStatus::Fulfilled)
        }),
        Act::Fail(outcome) => failed(standing, outcome, failures, max_failures),
        Act::Conclude(outcome) => concluded(standing, outcome, failures, max_failures),
        Act::Cancel => cancelled(standing),
        Act::Expire => {
            matches!(standing, Standing::Open | Standing::Pending).then(|| only(RequestStatus::Expired))
        }
        Act::Escalate => (standing == Standing::Open).then(|| only(RequestStatus::Open)),
        Act::Acknowledge => (standing == Standing::Fulfilled).then(|| only(RequestStatus::Fulfilled)),
    }
}

const fn only(request: RequestStatus) -> Consequence {
    Consequence {
        request,
        hold: None,
        claim: None,
        delivery: None,
        counts_as_failure: false,
        goods_out: false,
    }
}

const fn held(hold: Hold) -> Consequence {
    Consequence { hold: Some(hold), ..only(RequestStatus::PendingVerification) }
}

/// The delivery that ends with its claim, where there is one.
const fn ended_delivery(standing: Standing, end: DeliveryStatus) -> Option<DeliveryStatus> {
    match standing {
        Standing::AwaitingPickup | Standing::PickedUp | Standing::AtDoor => Some(end),
        Standing::OnCall
        | Standing::Pending
        | Standing::Open
        | Standing::Fulfilled
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Unfulfilled => None,
    }
}

fn handed_back(standing: Standing, claim: ClaimStatus) -> Option<Consequence> {
    standing.is_held().then(|| {
        let goods_out = standing.goods_are_out();
        let after = if goods_out { held(Hold::GoodsOut) } else { only(RequestStatus::Open) };
        Consequence {
            claim: Some(claim),
            delivery: ended_delivery(standing, DeliveryStatus::Abandoned),
            goods_out,
            ..after
        }
    })
}

fn cancelled(standing: Standing) -> Option<Consequence> {
    (!standing.request_status().is_final()).then(|| Consequence {
        claim: standing.is_held().then_some(ClaimStatus::Revoked),
        delivery: ended_delivery(standing, DeliveryStatus::Abandoned),
        goods_out: standing.goods_are_out(),
        ..only(RequestStatus::Cancelled)
    })
}

fn failed(
    standing: Standing,
    outcome: FailureOutcome,
    failures: u32,
    max_failures: u32,
) -> Option<Consequence> {
    let delivery = ended_delivery(standing, DeliveryStatus::Failed)?;
    let after = match outcome {
        FailureOutcome::NoAnswer
        | FailureOutcome::NoStock
        | FailureOutcome::Unsafe
        | FailureOutcome::Other => tried_in_vain(failures, max_failures),
        FailureOutcome::BadAddress => {
            Consequence { claim: Some(ClaimStatus::Released), ..held(Hold::BadAddress) }
        }
        FailureOutcome::Refused | FailureOutcome::AlreadyServed => {
            Consequence { claim: Some(ClaimStatus::Completed), ..only(RequestStatus::Unfulfilled) }
        }
    };
    Some(Consequence { delivery: Some(delivery), ..after })
}

fn concluded(
    standing: Standing,
    outcome: CallOutcome,
    failures: u32,
    max_failures: u32,
) -> Option<Consequence> {
    (standing == Standing::OnCall).then(|| match outcome {
        CallOutcome::Reached | CallOutcome::NeedsHelp => {
            Consequence { claim: Some(ClaimStatus::Completed), ..only(RequestStatus::Fulfilled) }
        }
        CallOutcome::NoAnswer => tried_in_vain(failures, max_failures),
        CallOutcome::Refused => {
            Consequence { claim: Some(ClaimStatus::Completed), ..only(RequestStatus::Unfulfilled) }
        }
    })
}

/// Open again, until it failed as often as the policy bears; then a coordinator's.
fn tried_in_vain(failures: u32, max_failures: u32) -> Consequence {
    let again = if failures.saturating_add(1) >= max_failures {
        held(Hold::RepeatedFailure)
    } else {
        only(RequestStatus::Open)
    };
    Consequence { claim: Some(ClaimStatus::Released), counts_as_failure: true, ..again }
}
