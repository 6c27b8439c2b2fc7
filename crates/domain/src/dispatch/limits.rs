//! How a field of a policy is refused: by its name, with its limits.

/// The first field that lies outside its limits, with those limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is from {min} to {max}")]
pub struct LimitError {
    /// The field's name, as on the wire.
    pub field: &'static str,
    /// The smallest value that makes sense.
    pub min: u32,
    /// The largest value that makes sense.
    pub max: u32,
}

/// A field's name, its value, and the smallest and largest that make sense.
pub(super) type Limit = (&'static str, u32, u32, u32);

/// Refuses the first that is outside.
pub(super) fn check(limits: impl IntoIterator<Item = Limit>) -> Result<(), LimitError> {
    limits
        .into_iter()
        .find(|(_, value, min, max)| value < min || value > max)
        .map_or(Ok(()), |(field, _, min, max)| Err(LimitError { field, min, max }))
}
