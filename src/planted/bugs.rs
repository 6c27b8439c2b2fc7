//! Bugs that a build made for it can be told to have, so that the tests which must find them can be
//! seen to find them. In every other build this is a constant `false`.

/// A guard that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The claiming statement no longer asks whether the request is open, and neither does anybody else.
    ClaimCondition,
    /// Whether a request is open is read first; the claiming statement then takes it by its id alone.
    SelectThenUpdate,
    /// The fencing number is not looked at.
    NoFence,
    /// An idempotency key is kept in a transaction that follows its effect's.
    KeyAfterCommit,
    /// An event is written in a transaction that follows what it tells.
    EventOutsideTransaction,
    /// The caller is set for the session instead of for the transaction.
    SessionLevelTenant,
    /// Lists of requests are not restricted to the caller's organisation.
    PlainView,
    /// Picking up writes no event.
    MissingEvent,
    /// A problem's detail quotes the value that was sent.
    EchoedValue,
    /// An access token needs no audience.
    OptionalAudience,
    /// Whoever held a claim reads its door after it has ended.
    ClosedDoor,
    /// The coarse point of a household is its door.
    ExactCoarsePoint,
    /// Whoever is registered is named in the log.
    LoggedName,
    /// Who is kept apart from a household is shown its requests.
    ForgottenBlock,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::ClaimCondition,
        Self::SelectThenUpdate,
        Self::NoFence,
        Self::KeyAfterCommit,
        Self::EventOutsideTransaction,
        Self::SessionLevelTenant,
        Self::PlainView,
        Self::MissingEvent,
        Self::EchoedValue,
        Self::OptionalAudience,
        Self::ClosedDoor,
        Self::ExactCoarsePoint,
        Self::LoggedName,
        Self::ForgottenBlock,
    ];

    /// The name by which it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClaimCondition => "claim_condition",
            Self::SelectThenUpdate => "select_then_update",
            Self::NoFence => "no_fence",
            Self::KeyAfterCommit => "key_after_commit",
            Self::EventOutsideTransaction => "event_outside_transaction",
            Self::SessionLevelTenant => "session_level_tenant",
            Self::PlainView => "plain_view",
            Self::MissingEvent => "missing_event",
            Self::EchoedValue => "echoed_value",
            Self::OptionalAudience => "optional_audience",
            Self::ClosedDoor => "closed_door",
            Self::ExactCoarsePoint => "exact_coarse_point",
            Self::LoggedName => "logged_name",
            Self::ForgottenBlock => "forgotten_block",
        }
    }
}

/// Whether this build was told to have that bug.
#[cfg(feature = "planted_bugs")]
#[must_use]
pub fn is_planted(bug: Bug) -> bool {
    crate::config::planted_bugs().iter().any(|planted| planted == bug.name())
}

/// Whether this build was told to have that bug. It was not.
#[cfg(not(feature = "planted_bugs"))]
#[must_use]
pub const fn is_planted(_: Bug) -> bool {
    false
}
