//! What there is to carry, or what someone can carry at once.

use std::ops::Add;

/// A weight and a volume: of a request's goods, or that a volunteer can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Load {
    /// Weight in grams.
    pub grams: u32,
    /// Volume in millilitres.
    pub millilitres: u32,
}

impl Load {
    /// Nothing to carry.
    pub const NONE: Self = Self { grams: 0, millilitres: 0 };
}

impl Add for Load {
    type Output = Self;

    /// Both together; stops at the largest number rather than starting again from nought.
    fn add(self, other: Self) -> Self {
        Self {
            grams: self.grams.saturating_add(other.grams),
            millilitres: self.millilitres.saturating_add(other.millilitres),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_never_starts_again_from_nought() {
        let most = Load { grams: u32::MAX, millilitres: 1 };
        assert_eq!(most + most, Load { grams: u32::MAX, millilitres: 2 });
    }
}
