//! A delivery is completed with its proof: phrase, photo or position; or by a coordinator who vouches
//! for it when the phrase failed as often as it may.

use std::sync::Arc;

use domain::actor::Actor;
use domain::id::DeliveryId;
use domain::life::{Act, HandOver};
use domain::place::{Metres, Position};
use domain::proof::{Evidence, Phrase, ProofRefusal, ProofRule, prove};
use domain::refusal::Code;

use super::act_on_request::{self, Target};
use super::answers::{RequestWithLines, request_with_lines};
use super::submit_request::phrase_mac;
use super::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::situations::Situation;
use crate::storage::tables::{deliveries, doors, requests};

/// Complete a delivery.
#[derive(Clone)]
pub struct CompleteDelivery {
    /// Which.
    pub delivery: DeliveryId,
    /// How the goods reached the household.
    pub outcome: HandOver,
    /// The fencing number that the holder knows.
    pub fence: Option<i64>,
    /// The phrase that the household said.
    pub phrase: Option<String>,
    /// Where the holder is.
    pub position: Option<Position>,
    /// What keys the phrase's hash.
    pub keys: Arc<Keys>,
}

impl Action for CompleteDelivery {
    type Done = RequestWithLines;

    async fn run(self, unit: &mut Unit<'_>) -> Result<RequestWithLines, Refusal> {
        let target = Target::Delivery(self.delivery);
        let situation = act_on_request::aim(unit, target, self.fence).await?;
        let act = Act::Complete(self.outcome);
        let party = act_on_request::party_of(unit, &situation).await?;
        act_on_request::admit(party, act)?;
        act_on_request::compare(unit, target, &situation).await?;
        let consequence = act_on_request::judge(&situation, party, act)?;
        let evidence = self.evidence(unit, &situation).await?;
        let rule = ProofRule {
            phrase_tries: situation.policy.phrase_tries,
            at_door: Metres::new(situation.policy.at_door_m),
        };
        match prove(self.outcome, &evidence, &rule) {
            Ok(kinds) => {
                let of = (situation.organisation.uuid(), self.delivery);
                deliveries::insert_proofs(unit, of, &kinds, evidence.distance_to_door).await?;
                act_on_request::carry_out(unit, &situation, act, &consequence, None).await?;
                request_with_lines(unit, situation.request).await?.ok_or_else(Refusal::not_found)
            }
            Err(refusal) => Err(refused(unit, &situation, &evidence, refusal).await?),
        }
    }
}

impl CompleteDelivery {
    async fn evidence(&self, unit: &mut Unit<'_>, situation: &Situation) -> Result<Evidence, Refusal> {
        let kept = requests::phrase_of(unit, situation.request).await?;
        let wrong_phrases = kept.as_ref().map_or(0, |(_, wrong)| *wrong);
        let phrase = match (&self.phrase, kept) {
            (None, _) => Phrase::Missing,
            (Some(said), Some((mac, _))) => {
                let said = phrase_mac(&self.keys, situation.request, said);
                match aws_lc_rs::constant_time::verify_slices_are_equal(&said, &mac) {
                    Ok(()) => Phrase::Right,
                    Err(_) => Phrase::Wrong,
                }
            }
            (Some(_), None) => Phrase::Wrong,
        };
        let distance_to_door = match self.position {
            Some(here) => doors::distance_to_door(unit, situation.household, here).await?,
            None => None,
        };
        Ok(Evidence {
            phrase,
            wrong_phrases,
            photo: deliveries::has_photo(unit, self.delivery).await?,
            distance_to_door,
            by_coordinator: matches!(unit.actor, Actor::Coordinator { .. }),
        })
    }
}

/// A wrong phrase counts, though the call is refused.
async fn refused(
    unit: &mut Unit<'_>,
    situation: &Situation,
    evidence: &Evidence,
    refusal: ProofRefusal,
) -> Result<Refusal, Refusal> {
    let code = Code::from(refusal);
    match refusal {
        ProofRefusal::PhraseWrong => {
            requests::count_wrong_phrase(unit, situation.request).await?;
            let left = situation.policy.phrase_tries.saturating_sub(evidence.wrong_phrases + 1);
            Ok(Refusal::because(code, format!("{left} more tries")).keeping_effects())
        }
        ProofRefusal::PhraseMissing
        | ProofRefusal::PhraseExhausted
        | ProofRefusal::PhraseNotExhausted
        | ProofRefusal::PhotoOrPositionMissing
        | ProofRefusal::TooFarFromDoor => Ok(code.into()),
    }
}
