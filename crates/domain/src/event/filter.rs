//! Which kinds of events somebody wants: one kind, or all of a family.

use std::fmt;
use std::str::FromStr;

use super::{EventKind, Family};

/// `request.claimed`, or `request.*` for everything about requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// This kind alone.
    Kind(EventKind),
    /// All of a family.
    Family(Family),
}

/// Neither a kind nor a family. Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of event, nor a family such as `request.*`")]
pub struct MalformedPattern;

impl Pattern {
    /// Whether it wants events of that kind.
    #[must_use]
    pub fn wants(self, kind: EventKind) -> bool {
        match self {
            Self::Kind(wanted) => wanted == kind,
            Self::Family(family) => kind.family() == Some(family),
        }
    }

    /// Every kind that one of these wants, in the order of the list; all kinds when there are none.
    #[must_use]
    pub fn kinds(patterns: &[Self]) -> Vec<EventKind> {
        let wanted = |kind: &EventKind| patterns.is_empty() || patterns.iter().any(|one| one.wants(*kind));
        EventKind::ALL.iter().copied().filter(wanted).collect()
    }
}

impl FromStr for Pattern {
    type Err = MalformedPattern;

    fn from_str(text: &str) -> Result<Self, MalformedPattern> {
        match text.strip_suffix(".*") {
            Some(family) => family.parse().map(Self::Family).map_err(|_| MalformedPattern),
            None => text.parse().map(Self::Kind).map_err(|_| MalformedPattern),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => kind.fmt(f),
            Self::Family(family) => write!(f, "{family}.*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_as_it_is_written_and_nothing_else_is_one() {
        for text in ["request.claimed", "request.*", "household.*", "volunteer.left"] {
            assert_eq!(text.parse::<Pattern>().map(|pattern| pattern.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "*", "request", "request.", "request.eaten", "requests.*", ".*", "Request.claimed"] {
            assert_eq!(text.parse::<Pattern>(), Err(MalformedPattern), "{text}");
        }
    }

    #[test]
    fn nothing_wanted_means_everything() {
        assert_eq!(Pattern::kinds(&[]), EventKind::ALL);
        let claims =
            Pattern::kinds(&[Pattern::Family(Family::Claim), Pattern::Kind(EventKind::RequestOpened)]);
        assert_eq!(claims.len(), 5);
        assert!(claims.contains(&EventKind::ClaimLapsed) && claims.contains(&EventKind::RequestOpened));
    }
}
