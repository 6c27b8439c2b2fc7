//! What there is to carry, or what someone can carry at once.

/// Weight and volume together. Grams and millilitres, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Weight in grams.
    pub grams: u32,
    /// Volume in millilitres.
    pub millilitres: u32,
}
