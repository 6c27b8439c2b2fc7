//! Items, kits and what they weigh.

/// Weight and volume together. Grams and millilitres, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Weight in grams.
    pub grams: u32,
    /// Volume in millilitres.
    pub millilitres: u32,
}

/// The largest number of one thing on one line of a request.
pub const MAX_QUANTITY: u32 = 1_000;

/// The most lines a request may have.
pub const MAX_LINES: usize = 50;

impl Load {
    /// This much, so many times. `None` when nobody could carry it (beyond 4,294 t or 4,294 m3).
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        Some(Self {
            grams: self.grams.checked_mul(quantity)?,
            millilitres: self.millilitres.checked_mul(quantity)?,
        })
    }

    /// Both together, `None` as for [`Load::times`].
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            grams: self.grams.checked_add(other.grams)?,
            millilitres: self.millilitres.checked_add(other.millilitres)?,
        })
    }
}
