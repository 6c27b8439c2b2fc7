//! Whether a volunteer may take a request: one rule a file, each with a name for its refusal.
//!
//! Rules are asked in one order, cheap before dear: first what is known of the volunteer alone, then
//! small comparisons with the request, then sets, then the way there.

mod approval;
mod area;
mod block;
mod bulk;
mod campaign;
mod claim_limit;
mod duty;
mod hours;
mod language;
mod position;
mod reach;
mod rest;
mod skill;
mod transport;
mod weight;

use super::{At, Candidate, OpenRequest};
use crate::word::words;

words! {
    /// Why a volunteer may not take a request, in the order in which the rules are asked.
    Refusal: "reason for refusal" {
        /// The volunteer is not approved, or suspended.
        NotApproved = "not_approved",
        /// The volunteer is off duty.
        OffDuty = "off_duty",
        /// The volunteer rests from offers.
        Resting = "resting",
        /// The volunteer set other hours for offers.
        UnavailableNow = "unavailable_now",
        /// The volunteer holds as many claims as they may.
        AtClaimLimit = "at_claim_limit",
        /// The volunteer's organisation shares no campaign with the request.
        OtherCampaign = "other_campaign",
        /// The volunteer belongs to an area that does not border the request's.
        OtherArea = "other_area",
        /// The goods weigh more than the volunteer can carry.
        TooHeavy = "too_heavy",
        /// The goods take more room than the volunteer has.
        TooBulky = "too_bulky",
        /// The request asks for a means of transport of more reach.
        LacksTransport = "lacks_transport",
        /// The request asks for a skill the volunteer does not have.
        LacksSkill = "lacks_skill",
        /// The volunteer speaks none of the household's languages.
        NoSharedLanguage = "no_shared_language",
        /// The volunteer and the household are never to meet again.
        Blocked = "blocked",
        /// Someone has to go there and it is not known where the volunteer is.
        NoPosition = "no_position",
        /// It is farther than the volunteer is willing to go.
        TooFar = "too_far",
    }
}

/// A rule: whether it refuses this volunteer for this request at this moment.
type Rule = fn(&Candidate, &OpenRequest, At) -> bool;

/// Every rule under the name of its refusal, in the order of [`Refusal::ALL`].
const RULES: [(Refusal, Rule); 15] = [
    (Refusal::NotApproved, approval::refuses),
    (Refusal::OffDuty, duty::refuses),
    (Refusal::Resting, rest::refuses),
    (Refusal::UnavailableNow, hours::refuses),
    (Refusal::AtClaimLimit, claim_limit::refuses),
    (Refusal::OtherCampaign, campaign::refuses),
    (Refusal::OtherArea, area::refuses),
    (Refusal::TooHeavy, weight::refuses),
    (Refusal::TooBulky, bulk::refuses),
    (Refusal::LacksTransport, transport::refuses),
    (Refusal::LacksSkill, skill::refuses),
    (Refusal::NoSharedLanguage, language::refuses),
    (Refusal::Blocked, block::refuses),
    (Refusal::NoPosition, position::refuses),
    (Refusal::TooFar, reach::refuses),
];

impl Refusal {
    /// Whether this only says that an offer would be unwelcome now.
    ///
    /// Someone who looks for a request of their own accord has answered that question themselves.
    #[must_use]
    pub const fn is_about_offers(self) -> bool {
        match self {
            Self::OffDuty | Self::Resting | Self::UnavailableNow => true,
            Self::NotApproved
            | Self::AtClaimLimit
            | Self::OtherCampaign
            | Self::OtherArea
            | Self::TooHeavy
            | Self::TooBulky
            | Self::LacksTransport
            | Self::LacksSkill
            | Self::NoSharedLanguage
            | Self::Blocked
            | Self::NoPosition
            | Self::TooFar => false,
        }
    }
}

/// Why this volunteer may not be offered this request: the first reason in the order of the rules.
#[must_use]
pub fn first_refusal(candidate: &Candidate, request: &OpenRequest, at: At) -> Option<Refusal> {
    refusing(candidate, request, at).next()
}

/// Why this volunteer may not claim this request of their own accord: the first reason, those
/// left out that are only [about offers](Refusal::is_about_offers).
#[must_use]
pub fn first_refusal_to_claim(candidate: &Candidate, request: &OpenRequest, at: At) -> Option<Refusal> {
    refusing(candidate, request, at).find(|refusal| !refusal.is_about_offers())
}

/// Every reason why this volunteer may not be offered this request, in the order of the rules.
#[must_use]
pub fn all_refusals(candidate: &Candidate, request: &OpenRequest, at: At) -> Vec<Refusal> {
    refusing(candidate, request, at).collect()
}

/// Whether this one rule refuses this volunteer.
pub(super) fn refuses(refusal: Refusal, candidate: &Candidate, request: &OpenRequest, at: At) -> bool {
    // Rules stand in the order of their refusals: see the tests.
    RULES.get(refusal as usize).is_some_and(|(_, refuses)| refuses(candidate, request, at))
}

/// The refusals as they are found; asks no rule beyond the last one taken.
pub(super) fn refusing(
    candidate: &Candidate,
    request: &OpenRequest,
    at: At,
) -> impl Iterator<Item = Refusal> {
    RULES.iter().filter(move |(_, refuses)| refuses(candidate, request, at)).map(|(refusal, _)| *refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Duty;
    use crate::matching::fixtures::{at, call, coarse, easy, willing};

    #[test]
    fn every_refusal_has_its_rule_in_its_place() {
        assert_eq!(RULES.map(|(refusal, _)| refusal), Refusal::ALL);
    }

    #[test]
    fn a_willing_volunteer_may_take_an_easy_request() {
        for request in [easy(), call()] {
            assert_eq!(first_refusal(&willing(), &request, at()), None);
            assert_eq!(all_refusals(&willing(), &request, at()), []);
        }
    }

    #[test]
    fn the_first_reason_is_the_first_of_all() {
        let busy = Candidate { duty: Duty::Off, active_claims: 3, ..willing() };
        let far = OpenRequest { place: coarse(43.9, 76.9), ..easy() };
        let all = [Refusal::OffDuty, Refusal::AtClaimLimit, Refusal::TooFar];
        assert_eq!(all_refusals(&busy, &far, at()), all);
        assert_eq!(first_refusal(&busy, &far, at()), Some(Refusal::OffDuty));
        assert_eq!(first_refusal_to_claim(&busy, &far, at()), Some(Refusal::AtClaimLimit));
    }

    #[test]
    fn whoever_looks_for_themselves_may_claim_while_offers_are_unwelcome() {
        let resting = Candidate {
            duty: Duty::Off,
            rest_until: Some(at().now + chrono::TimeDelta::hours(1)),
            availability: crate::matching::Availability::Weekly(Vec::new()),
            ..willing()
        };
        let about_offers = [Refusal::OffDuty, Refusal::Resting, Refusal::UnavailableNow];
        assert_eq!(all_refusals(&resting, &easy(), at()), about_offers);
        assert_eq!(first_refusal_to_claim(&resting, &easy(), at()), None);
    }
}
