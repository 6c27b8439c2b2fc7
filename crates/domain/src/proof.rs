//! The proof rule: what shows that goods reached the household.
//!
//! `handed_over` needs the household's phrase: five tries, then only a coordinator may complete.
//! `left_at_door` needs a photo, or a position near enough to the door; then the household's
//! acknowledgement is awaited, and silence leads to a welfare check. Anything less is refused.

use crate::life::HandOver;
use crate::place::Metres;
use crate::word::words;

words! {
    /// What kind of proof was given.
    ProofKind: "kind of proof" {
        Photo = "photo",
        Phrase = "phrase",
        Position = "position",
        /// A coordinator vouches for the hand-over after the phrase failed too often.
        Coordinator = "coordinator",
    }
}

words! {
    /// Why a proof is not enough.
    ProofRefusal: "reason to refuse a proof" {
        PhraseMissing = "phrase_missing",
        PhraseWrong = "phrase_wrong",
        PhraseExhausted = "phrase_exhausted",
        PhraseNotExhausted = "phrase_not_exhausted",
        PhotoOrPositionMissing = "photo_or_position_missing",
        TooFarFromDoor = "too_far_from_door",
    }
}

/// What became of the phrase that was typed in, if one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// None was given.
    Missing,
    /// It is the household's.
    Right,
    /// It is not.
    Wrong,
}

/// What is known when a delivery is to be completed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The phrase that was typed in.
    pub phrase: Phrase,
    /// Wrong phrases before this one.
    pub wrong_phrases: u32,
    /// Whether a photo of this delivery is stored.
    pub photo: bool,
    /// How far from the door the position given lies, if one was given.
    pub distance_to_door: Option<Metres>,
    /// Whether a coordinator completes it, not the holder.
    pub by_coordinator: bool,
}

/// The limits that the policy sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProofRule {
    /// Wrong phrases after which only a coordinator may complete.
    pub phrase_tries: u32,
    /// How near to the door a position must be.
    pub at_door: Metres,
}

/// Which proofs the evidence amounts to, the strongest first.
///
/// # Errors
/// With the reason, when it does not suffice for this outcome.
pub fn prove(
    outcome: HandOver,
    evidence: &Evidence,
    rule: &ProofRule,
) -> Result<Vec<ProofKind>, ProofRefusal> {
    match outcome {
        HandOver::HandedOver => prove_handed_over(evidence, rule).map(|kind| vec![kind]),
        HandOver::LeftAtDoor => prove_left_at_door(evidence, rule),
    }
}

fn prove_handed_over(evidence: &Evidence, rule: &ProofRule) -> Result<ProofKind, ProofRefusal> {
    let exhausted = evidence.wrong_phrases >= rule.phrase_tries;
    match (evidence.by_coordinator, exhausted, evidence.phrase) {
        (true, true, _) => Ok(ProofKind::Coordinator),
        (true, false, _) => Err(ProofRefusal::PhraseNotExhausted),
        (false, true, _) => Err(ProofRefusal::PhraseExhausted),
        (false, false, Phrase::Right) => Ok(ProofKind::Phrase),
        (false, false, Phrase::Wrong) => Err(ProofRefusal::PhraseWrong),
        (false, false, Phrase::Missing) => Err(ProofRefusal::PhraseMissing),
    }
}

fn prove_left_at_door(evidence: &Evidence, rule: &ProofRule) -> Result<Vec<ProofKind>, ProofRefusal> {
    let near = evidence.distance_to_door.map(|distance| distance <= rule.at_door);
    let mut kinds = Vec::new();
    if evidence.photo {
        kinds.push(ProofKind::Photo);
    }
    if near == Some(true) {
        kinds.push(ProofKind::Position);
    }
    match (kinds.is_empty(), near) {
        (false, _) => Ok(kinds),
        (true, Some(false)) => Err(ProofRefusal::TooFarFromDoor),
        (true, _) => Err(ProofRefusal::PhotoOrPositionMissing),
    }
}
