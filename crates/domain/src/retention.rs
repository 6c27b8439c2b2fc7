//! How long what is private is kept after it was needed last.

use serde::{Deserialize, Serialize};

/// How long a campaign keeps what is private. Missing fields take the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RetentionRules {
    /// How long notes and phrases of a request are kept after its last change, once it has ended, in days. Default 30:
    /// complaints about a delivery come within weeks, and nobody goes to that door by this note again.
    pub notes_d: u32,
    /// The same for photos of doors. Default 30: they prove a delivery while it can be disputed.
    pub photos_d: u32,
    /// How long after its last change a household is kept for which nothing was asked in all that time, in days; then it is
    /// erased. Default 730: campaigns come back each winter, and whoever missed two is not waiting for the third.
    pub households_d: u32,
    /// How long plans are kept after their last change, in days. Default 30: who was matched with whom is in the log.
    pub plans_d: u32,
}

impl Default for RetentionRules {
    fn default() -> Self {
        Self { notes_d: 30, photos_d: 30, households_d: 730, plans_d: 30 }
    }
}

impl RetentionRules {
    /// Whether these are the defaults, which need not be kept.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Each field with its value and its limits.
    pub(crate) const fn limits(&self) -> [(&'static str, u32, u32, u32); 4] {
        const TEN_YEARS: u32 = 3_650;
        [
            ("retention/notes_d", self.notes_d, 1, TEN_YEARS),
            ("retention/photos_d", self.photos_d, 1, TEN_YEARS),
            ("retention/households_d", self.households_d, 30, TEN_YEARS),
            ("retention/plans_d", self.plans_d, 1, TEN_YEARS),
        ]
    }
}
