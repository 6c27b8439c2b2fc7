//! Counts as outsiders see them: so coarse that no difference between two of them, of different cells or of two moments,
//! tells of fewer than five.

use std::fmt;

/// No fewer than so many are told of together. Five is what statistics offices and humanitarian guidance ask at least
/// (OCHA, Guidance Note 1 on Statistical Disclosure Control, 2019).
pub const LEAST: u64 = 5;

/// A count as outsiders see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Some, or none: which is not told.
    Few,
    /// So many or up to four more.
    AtLeast(u64),
}

/// What is told of a count. Each is coarsened by itself and no exact total stands beside them, so that nothing can be
/// computed from the others.
#[must_use]
pub const fn told(count: u64) -> Told {
    match count / LEAST {
        0 => Told::Few,
        fives => Told::AtLeast(fives * LEAST),
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Few => write!(f, "fewer than {LEAST}"),
            Self::AtLeast(count) => write!(f, "{count} or more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_one_and_the_same_and_others_go_by_fives() {
        let texts: Vec<String> = [0, 1, 4, 5, 9, 10, 104].map(|count| told(count).to_string()).into();
        let few = "fewer than 5";
        assert_eq!(texts, [few, few, few, "5 or more", "5 or more", "10 or more", "100 or more"]);
    }

    #[test]
    fn no_difference_of_two_counts_is_smaller_than_five() {
        let number = |count| match told(count) {
            Told::Few => 0,
            Told::AtLeast(count) => count,
        };
        for (one, other) in (0..60).flat_map(|one| (0..60).map(move |other| (one, other))) {
            let difference = number(one).abs_diff(number(other));
            assert!(difference == 0 || difference >= LEAST, "{one} {other}");
        }
    }
}
