//! What becomes of the requests of the first day, and how many end how: every state that a request can
//! be in, with each reason to hold it.

/// What becomes of a request while the city is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Waits for its household to be verified.
    Waits,
    /// Open, and nothing has happened yet.
    Open,
    /// Open again: a volunteer gave it back.
    Released,
    /// Open again: a volunteer's lease ran out.
    Lapsed,
    /// Open after its window: nobody could take it, and a coordinator was told.
    Escalated,
    /// Claimed: the goods wait, or a call is to be made.
    Claimed,
    /// The goods are on their way.
    PickedUp,
    /// The volunteer is at the door.
    AtDoor,
    /// Held: given back with the goods.
    GoodsReleased,
    /// Held: the lease ran out with the goods.
    GoodsLapsed,
    /// Held: there is no such address.
    BadAddress,
    /// Held: tried three times in vain.
    TriedInVain,
    /// Delivered, and the household has said so.
    Acknowledged,
    /// Delivered, and the household has not said so yet.
    Awaiting,
    /// A call or visit that was made.
    Concluded,
    /// Called off before anybody took it.
    CalledOff,
    /// Called off on the way.
    CalledOffWithGoods,
    /// Its time ran out.
    Expired,
    /// Not wanted at the door.
    Refused,
    /// Somebody else had been there.
    AlreadyServed,
}

/// How many requests have which fate.
pub const FATES: [(Fate, usize); 20] = [
    (Fate::Waits, 30),
    (Fate::Open, 40),
    (Fate::Released, 10),
    (Fate::Lapsed, 8),
    (Fate::Escalated, 14),
    (Fate::Claimed, 24),
    (Fate::PickedUp, 20),
    (Fate::AtDoor, 10),
    (Fate::GoodsReleased, 5),
    (Fate::GoodsLapsed, 4),
    (Fate::BadAddress, 8),
    (Fate::TriedInVain, 6),
    (Fate::Acknowledged, 118),
    (Fate::Awaiting, 40),
    (Fate::Concluded, 12),
    (Fate::CalledOff, 20),
    (Fate::CalledOffWithGoods, 4),
    (Fate::Expired, 13),
    (Fate::Refused, 9),
    (Fate::AlreadyServed, 5),
];

impl Fate {
    /// Whether a volunteer takes it while the city is built.
    pub(super) const fn is_taken(self) -> bool {
        !matches!(self, Self::Waits | Self::Open | Self::Escalated | Self::CalledOff | Self::Expired)
    }

    /// Whether a volunteer holds it when the city is built.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Claimed | Self::PickedUp | Self::AtDoor)
    }

    /// Whether its time runs out while the city is built: such are filed first, under a policy that
    /// gives neither leases nor extensions of any length.
    #[must_use]
    pub const fn runs_out(self) -> bool {
        matches!(self, Self::Lapsed | Self::GoodsLapsed | Self::Expired)
    }

    /// Whether no volunteer shall be able to take it.
    #[must_use]
    pub const fn is_hard(self) -> bool {
        matches!(self, Self::Escalated)
    }

    /// Whether it may be something else than goods to be carried.
    pub(super) const fn may_be_a_call(self) -> bool {
        matches!(self, Self::Open | Self::Released | Self::Claimed)
    }
}
