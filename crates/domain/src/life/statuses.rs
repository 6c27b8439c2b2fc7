//! The statuses that tables keep and clients see.

use crate::word::words;

words! {
    /// Where a request is in its life.
    RequestStatus: "request status" {
        PendingVerification = "pending_verification",
        Open = "open",
        Claimed = "claimed",
        InDelivery = "in_delivery",
        Fulfilled = "fulfilled",
        Cancelled = "cancelled",
        Expired = "expired",
        Unfulfilled = "unfulfilled",
    }
}

words! {
    /// Where a claim is: `active` until it is completed or ends otherwise.
    ClaimStatus: "claim status" {
        Active = "active",
        Completed = "completed",
        Released = "released",
        Lapsed = "lapsed",
        Revoked = "revoked",
    }
}

words! {
    /// Where the physical act under a claim is.
    DeliveryStatus: "delivery status" {
        AwaitingPickup = "awaiting_pickup",
        PickedUp = "picked_up",
        AtDoor = "at_door",
        Completed = "completed",
        Failed = "failed",
        Abandoned = "abandoned",
    }
}

words! {
    /// How a claim came about.
    ClaimSource: "claim source" {
        /// The volunteer took it.
        Own = "self",
        Offer = "offer",
        Coordinator = "coordinator",
        Plan = "plan",
    }
}

words! {
    /// Why a request waits for a coordinator instead of being open.
    Hold: "reason to hold a request" {
        /// Its household is not verified yet.
        NewHousehold = "new_household",
        /// The claim ended after pick-up: somebody still has the goods.
        GoodsOut = "goods_out",
        /// A volunteer found no such address.
        BadAddress = "bad_address",
        /// It failed as often as the policy bears.
        RepeatedFailure = "repeated_failure",
    }
}

impl RequestStatus {
    /// Whether nothing more can happen to the request.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::PendingVerification | Self::Open | Self::Claimed | Self::InDelivery => false,
            Self::Fulfilled | Self::Cancelled | Self::Expired | Self::Unfulfilled => true,
        }
    }
}
