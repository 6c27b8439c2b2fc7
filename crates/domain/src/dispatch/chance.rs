//! How likely something is, in millionths: whole numbers, so that decisions compute alike everywhere.

/// A chance from never to certain, in millionths.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(from = "u32", into = "u32")]
pub struct Chance(u32);

const WHOLE: u32 = 1_000_000;

impl From<u32> for Chance {
    fn from(millionths: u32) -> Self {
        Self::millionths(millionths)
    }
}

impl From<Chance> for u32 {
    fn from(chance: Chance) -> Self {
        chance.0
    }
}

impl Chance {
    /// It does not happen.
    pub const NEVER: Self = Self(0);
    /// It does.
    pub const CERTAIN: Self = Self(WHOLE);

    /// So many millionths; more than all of them is certain.
    #[must_use]
    pub const fn millionths(millionths: u32) -> Self {
        Self(if millionths > WHOLE { WHOLE } else { millionths })
    }

    /// So many per cent.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        Self::millionths(percent.saturating_mul(WHOLE / 100))
    }

    /// `part` of `whole`, rounded down; certain where the part is no less, never where there is no whole.
    #[must_use]
    pub fn part(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self::NEVER;
        }
        let millionths = u128::from(part) * u128::from(WHOLE) / u128::from(whole);
        Self::millionths(u32::try_from(millionths).unwrap_or(WHOLE))
    }

    /// The bare number of millionths.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// That it does not happen.
    #[must_use]
    pub const fn not(self) -> Self {
        Self(WHOLE - self.0)
    }

    /// That both happen, where neither has to do with the other; rounded down.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let product = u64::from(self.0) * u64::from(other.0) / u64::from(WHOLE);
        Self::millionths(u32::try_from(product).unwrap_or(WHOLE))
    }

    /// That at least one happens, where neither has to do with the other; rounded up.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// That at least one of these happens, as if none had to do with another.
#[must_use]
pub fn someone(chances: impl IntoIterator<Item = Chance>) -> Chance {
    chances.into_iter().fold(Chance::NEVER, Chance::or)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_halves_make_three_quarters_and_certainty_stays() {
        let half = Chance::percent(50);
        assert_eq!(half.or(half), Chance::percent(75));
        assert_eq!(half.and(half), Chance::percent(25));
        assert_eq!(someone([]), Chance::NEVER);
        assert_eq!(someone([half, Chance::CERTAIN]), Chance::CERTAIN);
        assert_eq!(Chance::millionths(u32::MAX), Chance::CERTAIN);
        assert_eq!(
            (Chance::part(1, 3).get(), Chance::part(9, 3), Chance::part(1, 0)),
            (333_333, Chance::CERTAIN, Chance::NEVER)
        );
    }

    proptest! {
        #[test]
        fn one_more_never_makes_it_less_likely(chances in proptest::collection::vec(0_u32..=1_000_000, 0..40), more in 0_u32..=1_000_000) {
            let chances: Vec<Chance> = chances.into_iter().map(Chance::millionths).collect();
            let with = chances.iter().copied().chain([Chance::millionths(more)]);
            prop_assert!(someone(with) >= someone(chances.iter().copied()));
            // Rounding adds less than a millionth a head.
            let exact = 1.0 - chances.iter().map(|chance| 1.0 - f64::from(chance.get()) / 1e6).product::<f64>();
            let ours = f64::from(someone(chances.iter().copied()).get()) / 1e6;
            prop_assert!((ours - exact).abs() <= 4.1e-5, "{} {}", ours, exact);
        }
    }
}
