//! Points around the statements of a unit of work at which a build made for it ends, as by `kill -9`,
//! when it comes past for the n-th time. In every other build they are nothing.

/// A point at which the process may be told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A transaction was begun.
    UnitBegun,
    /// The caller is known and the key's lock is had.
    UnitOpened,
    /// It is known that the key is new.
    KeyLookedUp,
    /// The action has run; its key is not kept yet.
    KeyKeeping,
    /// The key and the answer are written.
    KeyKept,
    /// All is written; nothing is committed.
    Committing,
    /// All is committed; nobody was told.
    Committed,
    /// An event is about to be written.
    EventAppending,
    /// An event was written.
    EventAppended,
    /// A request's row was written; without its lines, where the statements go one by one.
    RequestInserted,
    /// The claiming statement is about to run.
    ClaimTaking,
    /// The claiming statement has run.
    ClaimTaken,
    /// An act has changed the request, and nothing else yet.
    RequestChanged,
    /// It has changed the delivery too.
    DeliveryChanged,
    /// It has ended the claim, and not yet freed its holder.
    ClaimEnded,
    /// A delivery's proofs are written.
    ProofsWritten,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::UnitBegun,
        Self::UnitOpened,
        Self::KeyLookedUp,
        Self::KeyKeeping,
        Self::KeyKept,
        Self::Committing,
        Self::Committed,
        Self::EventAppending,
        Self::EventAppended,
        Self::RequestInserted,
        Self::ClaimTaking,
        Self::ClaimTaken,
        Self::RequestChanged,
        Self::DeliveryChanged,
        Self::ClaimEnded,
        Self::ProofsWritten,
    ];

    /// The name by which it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnitBegun => "unit_begun",
            Self::UnitOpened => "unit_opened",
            Self::KeyLookedUp => "key_looked_up",
            Self::KeyKeeping => "key_keeping",
            Self::KeyKept => "key_kept",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::EventAppending => "event_appending",
            Self::EventAppended => "event_appended",
            Self::RequestInserted => "request_inserted",
            Self::ClaimTaking => "claim_taking",
            Self::ClaimTaken => "claim_taken",
            Self::RequestChanged => "request_changed",
            Self::DeliveryChanged => "delivery_changed",
            Self::ClaimEnded => "claim_ended",
            Self::ProofsWritten => "proofs_written",
        }
    }
}

/// Ends the process if it was told to end here, and this is the time it was told.
#[cfg(feature = "planted_bugs")]
pub fn reach(point: Point) {
    use std::sync::atomic::{AtomicU32, Ordering};
    // At most one point is chosen, so one count serves.
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Some((name, time)) = crate::config::crash_point() else {
        return;
    };
    if point.name() == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == time {
        // Nothing is left to do if the kernel refuses; the test then waits in vain and says so.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

/// Ends the process if it was told to end here. It was not.
#[cfg(not(feature = "planted_bugs"))]
pub const fn reach(_: Point) {}
