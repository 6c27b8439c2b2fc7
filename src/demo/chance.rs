//! Chance that can be had again: the same seed gives the same numbers.

/// A small xorshift generator (Marsaglia, 2003); good enough to scatter, not to keep secrets.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// A generator for one purpose: different purposes of one seed are unlike each other.
    #[must_use]
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut chance = Self(mixed | 1);
        for _ in 0..8 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to one below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let wide = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((self.next() >> 11) % wide).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// A number from `low` to `high`, in steps of a ten-thousandth of the way.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let step = u32::try_from(self.below(10_001)).unwrap_or(0);
        low + (high - low) * f64::from(step) / 10_000.0
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: u32, high: u32) -> u32 {
        let wide = usize::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(u32::try_from(self.below(wide)).unwrap_or(0))
    }

    /// One of these, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, from: &[(T, usize)]) -> Option<T> {
        let mut left = self.below(from.iter().map(|(_, weight)| weight).sum());
        for (thing, weight) in from {
            if left < *weight {
                return Some(*thing);
            }
            left -= weight;
        }
        from.last().map(|(thing, _)| *thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let draw = |seed, purpose| {
            let mut chance = Chance::new(seed, purpose);
            (0..20).map(|_| chance.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(8, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
    }

    #[test]
    fn what_is_drawn_keeps_its_bounds_and_its_weights() {
        let mut chance = Chance::new(1, 1);
        let mut heavy = 0;
        for _ in 0..10_000 {
            assert!((3..=5).contains(&chance.whole(3, 5)));
            assert!((-1.0..=1.0).contains(&chance.between(-1.0, 1.0)));
            heavy += usize::from(chance.weighted(&[("heavy", 9), ("light", 1)]) == Some("heavy"));
        }
        assert!((8_700..9_300).contains(&heavy), "{heavy}");
        assert_eq!(chance.weighted::<u8>(&[]), None);
    }
}
