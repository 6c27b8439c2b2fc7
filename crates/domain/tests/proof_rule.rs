//! The proof rule, case by case.

use domain::life::HandOver::{HandedOver, LeftAtDoor};
use domain::place::Metres;
use domain::proof::{Evidence, Phrase, ProofKind, ProofRefusal, ProofRule, prove};

const RULE: ProofRule = ProofRule { phrase_tries: 5, at_door: Metres::new(75) };
const NOTHING: Evidence = Evidence {
    phrase: Phrase::Missing,
    wrong_phrases: 0,
    photo: false,
    distance_to_door: None,
    by_coordinator: false,
};

#[test]
fn a_hand_over_needs_the_phrase() {
    for (evidence, expected) in [
        (NOTHING, Err(ProofRefusal::PhraseMissing)),
        (
            Evidence { photo: true, distance_to_door: Some(Metres::new(1)), ..NOTHING },
            Err(ProofRefusal::PhraseMissing),
        ),
        (Evidence { phrase: Phrase::Right, ..NOTHING }, Ok(vec![ProofKind::Phrase])),
        (Evidence { phrase: Phrase::Right, wrong_phrases: 4, ..NOTHING }, Ok(vec![ProofKind::Phrase])),
        (Evidence { phrase: Phrase::Wrong, ..NOTHING }, Err(ProofRefusal::PhraseWrong)),
        (Evidence { phrase: Phrase::Right, wrong_phrases: 5, ..NOTHING }, Err(ProofRefusal::PhraseExhausted)),
        (
            Evidence { by_coordinator: true, wrong_phrases: 4, ..NOTHING },
            Err(ProofRefusal::PhraseNotExhausted),
        ),
        (
            Evidence { by_coordinator: true, phrase: Phrase::Right, ..NOTHING },
            Err(ProofRefusal::PhraseNotExhausted),
        ),
        (Evidence { by_coordinator: true, wrong_phrases: 5, ..NOTHING }, Ok(vec![ProofKind::Coordinator])),
    ] {
        assert_eq!(prove(HandedOver, &evidence, &RULE), expected, "{evidence:?}");
    }
}

#[test]
fn leaving_at_the_door_needs_a_photo_or_a_position_at_the_door() {
    let at = |metres| Some(Metres::new(metres));
    for (evidence, expected) in [
        (NOTHING, Err(ProofRefusal::PhotoOrPositionMissing)),
        (Evidence { phrase: Phrase::Right, ..NOTHING }, Err(ProofRefusal::PhotoOrPositionMissing)),
        (Evidence { photo: true, ..NOTHING }, Ok(vec![ProofKind::Photo])),
        (Evidence { distance_to_door: at(75), ..NOTHING }, Ok(vec![ProofKind::Position])),
        (Evidence { distance_to_door: at(76), ..NOTHING }, Err(ProofRefusal::TooFarFromDoor)),
        (Evidence { photo: true, distance_to_door: at(76), ..NOTHING }, Ok(vec![ProofKind::Photo])),
        (
            Evidence { photo: true, distance_to_door: at(3), ..NOTHING },
            Ok(vec![ProofKind::Photo, ProofKind::Position]),
        ),
    ] {
        assert_eq!(prove(LeftAtDoor, &evidence, &RULE), expected, "{evidence:?}");
    }
}
