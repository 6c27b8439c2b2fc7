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

/// The most that one unit of a thing weighs or fills: two tonnes, two cubic metres. In grams and millilitres.
pub const MAX_OF_ONE: u32 = 2_000_000;

/// Kilograms as grams, litres as millilitres, rounded to the nearest. `None` for what is no amount,
/// negative, or more than `most`.
#[must_use]
pub fn thousandths(amount: f64, most: u32) -> Option<u32> {
    let small = (amount * 1000.0).round();
    // NaN is in no range.
    if !(0.0..=f64::from(most)).contains(&small) || amount < 0.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to most"
    )]
    let small = small as u32;
    Some(small)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_to_thousandths_and_nonsense_is_refused() {
        let cases = [
            (0.0, Some(0)),
            (1.005, Some(1005)),
            (0.1 + 0.2, Some(300)),
            (0.0004, Some(0)),
            (2000.0, Some(2_000_000)),
            (2000.001, None),
            (-0.0001, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (amount, wanted) in cases {
            assert_eq!(thousandths(amount, MAX_OF_ONE), wanted, "{amount}");
        }
    }
}
