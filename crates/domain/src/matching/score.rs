//! What it would cost to send this volunteer to this request: one whole number, and its parts.

use super::{Candidate, OpenRequest, Weights};
use crate::place::Seconds;

/// The cost of a volunteer for a request by its parts, each in seconds of travel; less is better.
///
/// The parts are kept so that the order can be explained to whoever asks why this one comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cost {
    /// For the way there; nought for calls.
    pub travel: u64,
    /// For the claims already held.
    pub load: u64,
    /// For speaking with the household in a language that is not its first choice.
    pub language: u64,
    /// For being a new face to the household.
    pub continuity: u64,
}

impl Cost {
    /// The one number by which volunteers are ordered; stops at the largest.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.travel.saturating_add(self.load).saturating_add(self.language).saturating_add(self.continuity)
    }
}

/// What this volunteer would cost for this request; `travel` is none when nobody has to go.
///
/// Whether the volunteer may take it at all is another question, asked before.
#[must_use]
pub fn cost(
    candidate: &Candidate,
    request: &OpenRequest,
    travel: Option<Seconds>,
    weights: &Weights,
) -> Cost {
    let claims = u64::from(candidate.active_claims);
    Cost {
        travel: seconds(travel.unwrap_or_default()) * u64::from(weights.travel_percent) / 100,
        load: claims.saturating_mul(claims).saturating_mul(seconds(weights.claims_squared)),
        language: if speaks_the_preferred(candidate, request) { 0 } else { seconds(weights.other_language) },
        continuity: if candidate.served.contains(&request.household) { 0 } else { seconds(weights.new_face) },
    }
}

fn seconds(seconds: Seconds) -> u64 {
    u64::from(seconds.get())
}

fn speaks_the_preferred(candidate: &Candidate, request: &OpenRequest) -> bool {
    request.languages.first().is_none_or(|preferred| candidate.languages.contains(preferred))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HouseholdId;
    use crate::matching::fixtures::{easy, language, number, willing};

    #[test]
    fn every_part_is_counted_by_its_weight() {
        let weights = Weights {
            travel_percent: 150,
            claims_squared: Seconds::new(10),
            other_language: Seconds::new(7),
            new_face: Seconds::new(3),
        };
        let known = [HouseholdId::new(number(1))];
        for (claims, wants, served, travel, [way, load, tongue, face]) in [
            (0, [].as_slice(), true, None, [0, 0, 0, 0]),
            (0, &["kk", "ug"], true, Some(100), [150, 0, 0, 0]),
            (1, &["ug", "kk"], false, Some(101), [151, 10, 7, 3]),
            (3, &[], false, None, [0, 90, 0, 3]),
        ] {
            let served = if served { known.into() } else { [].into() };
            let candidate = Candidate { active_claims: claims, served, ..willing() };
            let request = OpenRequest { languages: wants.iter().copied().map(language).collect(), ..easy() };
            let cost = cost(&candidate, &request, travel.map(Seconds::new), &weights);
            assert_eq!(
                cost,
                Cost { travel: way, load, language: tongue, continuity: face },
                "{claims} {wants:?}"
            );
            assert_eq!(cost.total(), way + load + tongue + face);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_wrap() {
        let most = Seconds::new(u32::MAX);
        let weights =
            Weights { travel_percent: u32::MAX, claims_squared: most, other_language: most, new_face: most };
        let candidate = Candidate { active_claims: u32::MAX, ..willing() };
        assert_eq!(cost(&candidate, &easy(), Some(most), &weights).total(), u64::MAX);
    }
}
