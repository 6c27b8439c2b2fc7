//! What must still hold of a thing for a change of it to be made: its changer has seen its latest version
//! (RFC 9110, section 13.1.1, `If-Match`).

/// What a caller says of the thing that they change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// Nothing: the change is made whatever others did.
    #[default]
    None,
    /// It is there, in whichever version.
    Exists,
    /// It is in one of these versions. In none of them, where there are none.
    OneOf(Vec<i32>),
}

impl Precondition {
    /// Whether anything was said.
    #[must_use]
    pub const fn is_some(&self) -> bool {
        match self {
            Self::None => false,
            Self::Exists | Self::OneOf(_) => true,
        }
    }

    /// Whether a thing that is in this version may be changed.
    #[must_use]
    pub fn holds(&self, version: i32) -> bool {
        match self {
            Self::None | Self::Exists => true,
            Self::OneOf(seen) => seen.contains(&version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_changed_in_the_version_that_was_seen_and_in_no_other() {
        let seen = Precondition::OneOf(vec![3, 7]);
        assert!(seen.holds(3) && seen.holds(7) && !seen.holds(4));
        assert!(Precondition::None.holds(1) && Precondition::Exists.holds(1));
        assert!(!Precondition::OneOf(Vec::new()).holds(1), "nothing that was seen is nothing that matches");
    }
}
