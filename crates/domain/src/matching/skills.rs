//! A set of skills, small enough to compare in one instruction.

use crate::words::Skill;

/// Which of the known skills someone has, or a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Skills(u32);

impl Skills {
    /// No skill at all.
    pub const NONE: Self = Self(0);

    /// Whether every skill of `wanted` is in this set.
    #[must_use]
    pub const fn contain(self, wanted: Self) -> bool {
        wanted.0 & !self.0 == 0
    }

    /// The skills in this set, in the order of their list.
    pub fn iter(self) -> impl Iterator<Item = Skill> {
        Skill::ALL.iter().copied().filter(move |skill| self.contain(Self::only(*skill)))
    }

    /// The set as the bits of a number, the first skill of the list lowest.
    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    const fn only(skill: Skill) -> Self {
        Self(1 << skill as u32)
    }
}

impl FromIterator<Skill> for Skills {
    fn from_iter<I: IntoIterator<Item = Skill>>(skills: I) -> Self {
        Self(skills.into_iter().fold(0, |bits, skill| bits | Self::only(skill).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn some() -> impl Strategy<Value = BTreeSet<Skill>> {
        proptest::collection::btree_set(proptest::sample::select(Skill::ALL), 0..Skill::ALL.len())
    }

    proptest! {
        #[test]
        fn the_bits_behave_as_a_set(have in some(), wanted in some()) {
            let as_bits = |skills: &BTreeSet<Skill>| skills.iter().copied().collect::<Skills>();
            prop_assert_eq!(as_bits(&have).contain(as_bits(&wanted)), have.is_superset(&wanted));
            prop_assert_eq!(as_bits(&have).iter().collect::<BTreeSet<_>>(), have);
        }
    }
}
