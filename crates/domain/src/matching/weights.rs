//! How much each consideration counts when volunteers are put in order, in seconds of travel.

use crate::place::Seconds;

/// What a campaign's policy says about the order of volunteers.
///
/// Everything is measured in seconds of travel, so that each number answers one question: how much
/// longer a way is worth it? All terms are nought or more, so travel alone never exceeds the cost.
/// The defaults are our assumption for a town, until a campaign has measured better ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Travel time counts by this many hundredths.
    pub travel_percent: u32,
    /// Counted times the square of the claims held. Squared, so that the second claim weighs
    /// three times the first and work spreads instead of piling up on the nearest.
    pub claims_squared: Seconds,
    /// Counted when the language shared is not the one the household prefers.
    pub other_language: Seconds,
    /// Counted when the volunteer has never served the household.
    pub new_face: Seconds,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            travel_percent: 100,
            // Five minutes for one claim, twenty for two: about what another stop costs.
            claims_squared: Seconds::new(300),
            // Five minutes: elderly people will not ask back in a language they speak poorly.
            other_language: Seconds::new(300),
            // Three minutes: a known face is a mild preference and no claim to a volunteer.
            new_face: Seconds::new(180),
        }
    }
}
