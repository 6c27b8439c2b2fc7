//! Chance that can be had again: the same seed gives the same numbers.

/// A small xorshift generator; good enough to scatter, not to keep secrets.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A generator for one purpose: different purposes of one seed are unlike each other.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
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
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let wide = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((self.next() >> 11) % wide).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
