//! Bugs that a build made for it can be told to have, so that the tests which must find them can be
//! seen to find them. In every other build this is a constant `false`.

/// A guard that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The claiming statement no longer asks whether the request is open.
    ClaimCondition,
}

/// Whether this build was told to have that bug.
#[cfg(feature = "planted_bugs")]
#[must_use]
pub fn is_planted(bug: Bug) -> bool {
    let name = match bug {
        Bug::ClaimCondition => "claim_condition",
    };
    crate::config::planted_bugs().iter().any(|planted| planted == name)
}

/// Whether this build was told to have that bug. It was not.
#[cfg(not(feature = "planted_bugs"))]
#[must_use]
pub const fn is_planted(_: Bug) -> bool {
    false
}
