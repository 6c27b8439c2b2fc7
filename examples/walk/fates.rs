//! How each attempt at a request is to go: drawn from the seed, the request and the attempt alone, so
//! that the same seed asks for the same mishaps whoever comes first.

use birgemiz::demo::Chance;

/// After so many attempts nothing goes wrong any more: the walk is to end.
const PATIENCE: usize = 4;

/// What a volunteer makes of a claim on a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    HandOver,
    HandOverAfterWrongPhrase,
    /// The phrase fails as often as it may; a coordinator vouches for the hand-over.
    VouchedFor,
    LeaveAtDoor,
    LeaveWithPhoto,
    ReleaseBeforePickUp,
    ReleaseWithGoods,
    LapseBeforePickUp,
    LapseWithGoods,
    NoAnswer,
    BadAddress,
    Refused,
    CalledOff,
}

/// Shares in a hundred; what is left over is handed over with the right phrase.
const SHARES: [(usize, Fate); 11] = [
    (3, Fate::ReleaseBeforePickUp),
    (3, Fate::ReleaseWithGoods),
    (2, Fate::LapseBeforePickUp),
    (1, Fate::LapseWithGoods),
    (3, Fate::NoAnswer),
    (2, Fate::BadAddress),
    (2, Fate::Refused),
    (3, Fate::CalledOff),
    (25, Fate::LeaveAtDoor),
    (15, Fate::LeaveWithPhoto),
    (8, Fate::HandOverAfterWrongPhrase),
];

/// How the attempt at the request is to go; both count from 0.
pub(crate) fn of(seed: u64, request: usize, attempt: usize) -> Fate {
    if attempt >= PATIENCE {
        return Fate::HandOver;
    }
    // Some households never open: after the third failure a coordinator looks into it.
    if request % 97 == 5 && attempt < 3 {
        return Fate::NoAnswer;
    }
    if request % 193 == 7 {
        return Fate::VouchedFor;
    }
    let purpose = u64::try_from(request * 64 + attempt).unwrap_or(0);
    let mut left = Chance::new(seed, purpose).below(100);
    for (share, fate) in SHARES {
        if left < share {
            return fate;
        }
        left -= share;
    }
    Fate::HandOver
}
