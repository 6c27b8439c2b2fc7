//! Why everything private of somebody is erased. The reason is a word, since people's own words may be private again.

use crate::word::words;

words! {
    /// Why a person has somebody erased.
    ErasureReason: "reason for an erasure" {
        /// They asked for it.
        Asked = "asked",
        /// They do not agree any more.
        ConsentWithdrawn = "consent_withdrawn",
        /// They should never have been registered, or are registered twice.
        RegisteredByMistake = "registered_by_mistake",
        /// They moved away, died, or need no help any more.
        NotNeeded = "not_needed",
    }
}

/// Why somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureCause {
    /// A person said so, for this reason.
    Said(ErasureReason),
    /// Nothing was asked for in their name for as long as the policy keeps them.
    Retention,
    /// They were erased before, and a restored backup brought them back.
    Restored,
}

impl ErasureCause {
    /// The word by which the log tells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Said(reason) => reason.as_str(),
            Self::Retention => "retention",
            Self::Restored => "restored",
        }
    }
}
