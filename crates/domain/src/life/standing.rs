//! Where a request stands, claim and delivery included, as one value that cannot contradict itself.

use super::statuses::{ClaimStatus, DeliveryStatus, RequestStatus};
use crate::words::RequestKind;

/// Where a request stands with its claim and its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Waits for a coordinator.
    Pending,
    /// May be claimed.
    Open,
    /// Claimed, with goods to be picked up.
    AwaitingPickup,
    /// Claimed, the goods in the volunteer's hands.
    PickedUp,
    /// Claimed, the volunteer at the door.
    AtDoor,
    /// Claimed, a call or a visit without goods.
    OnCall,
    /// Ended: served.
    Fulfilled,
    /// Ended: called off.
    Cancelled,
    /// Ended: nobody came in time.
    Expired,
    /// Ended: the household did not want or need it.
    Unfulfilled,
}

/// Rows that contradict each other. Reported, never guessed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("impossible rows: a {kind} request {request:?} with claim {claim:?} and delivery {delivery:?}")]
pub struct ImpossibleStanding {
    /// The kind of the request.
    pub kind: RequestKind,
    /// The status in the request's row.
    pub request: RequestStatus,
    /// The status of its current claim, if there is one.
    pub claim: Option<ClaimStatus>,
    /// The status of that claim's delivery, if there is one.
    pub delivery: Option<DeliveryStatus>,
}

impl Standing {
    /// Every standing, in the order of a life.
    pub const ALL: &'static [Self] = &[
        Self::Pending,
        Self::Open,
        Self::AwaitingPickup,
        Self::PickedUp,
        Self::AtDoor,
        Self::OnCall,
        Self::Fulfilled,
        Self::Cancelled,
        Self::Expired,
        Self::Unfulfilled,
    ];

    /// Reads three rows as one standing: the request's, and its active claim's and delivery's.
    ///
    /// # Errors
    /// When the rows contradict each other.
    pub fn of(
        kind: RequestKind,
        request: RequestStatus,
        claim: Option<ClaimStatus>,
        delivery: Option<DeliveryStatus>,
    ) -> Result<Self, ImpossibleStanding> {
        let active = claim == Some(ClaimStatus::Active);
        let goods = kind.moves_goods();
        let standing = match (request, active, goods, delivery) {
            (RequestStatus::PendingVerification, false, _, None) => Some(Self::Pending),
            (RequestStatus::Open, false, _, None) => Some(Self::Open),
            (RequestStatus::Claimed, true, true, Some(DeliveryStatus::AwaitingPickup)) => {
                Some(Self::AwaitingPickup)
            }
            (RequestStatus::Claimed, true, false, None) => Some(Self::OnCall),
            (RequestStatus::InDelivery, true, true, Some(DeliveryStatus::PickedUp)) => Some(Self::PickedUp),
            (RequestStatus::InDelivery, true, true, Some(DeliveryStatus::AtDoor)) => Some(Self::AtDoor),
            (RequestStatus::Fulfilled, false, _, None) => Some(Self::Fulfilled),
            (RequestStatus::Cancelled, false, _, None) => Some(Self::Cancelled),
            (RequestStatus::Expired, false, _, None) => Some(Self::Expired),
            (RequestStatus::Unfulfilled, false, _, None) => Some(Self::Unfulfilled),
            (_, _, _, _) => None,
        };
        standing.ok_or(ImpossibleStanding { kind, request, claim, delivery })
    }

    /// The status that the request's row has in this standing.
    #[must_use]
    pub const fn request_status(self) -> RequestStatus {
        match self {
            Self::Pending => RequestStatus::PendingVerification,
            Self::Open => RequestStatus::Open,
            Self::AwaitingPickup | Self::OnCall => RequestStatus::Claimed,
            Self::PickedUp | Self::AtDoor => RequestStatus::InDelivery,
            Self::Fulfilled => RequestStatus::Fulfilled,
            Self::Cancelled => RequestStatus::Cancelled,
            Self::Expired => RequestStatus::Expired,
            Self::Unfulfilled => RequestStatus::Unfulfilled,
        }
    }

    /// Whether a volunteer holds the request.
    #[must_use]
    pub const fn is_held(self) -> bool {
        match self {
            Self::AwaitingPickup | Self::PickedUp | Self::AtDoor | Self::OnCall => true,
            Self::Pending
            | Self::Open
            | Self::Fulfilled
            | Self::Cancelled
            | Self::Expired
            | Self::Unfulfilled => false,
        }
    }

    /// Whether the goods have left the hub.
    #[must_use]
    pub const fn goods_are_out(self) -> bool {
        match self {
            Self::PickedUp | Self::AtDoor => true,
            Self::AwaitingPickup
            | Self::OnCall
            | Self::Pending
            | Self::Open
            | Self::Fulfilled
            | Self::Cancelled
            | Self::Expired
            | Self::Unfulfilled => false,
        }
    }
}
