//! The check refuses answers that were tampered with, each for what is wrong with it.

use domain::matching::assignment::{Answer, Flaw, Place, Problem, Way, verify};
use proptest::prelude::*;

use crate::random::{problem, problems};
use crate::{everything, exact};

/// Two volunteers, the second with room for two; the third request can only go to the first.
fn three_requests() -> (Problem, Answer) {
    let way = |volunteer, cost| Way { volunteer, cost };
    let requests =
        [(90, vec![way(0, 10), way(1, 30)]), (90, vec![way(0, 20), way(1, 25)]), (90, vec![way(0, 5)])];
    let problem = problem(&[vec![0], vec![0, 4]], &requests);
    let answer = exact(&problem);
    assert_eq!(answer.places, [Place::With(1), Place::With(1), Place::With(0)]);
    assert_eq!((answer.cost, answer.bound), (64, 64));
    (problem, answer)
}

#[test]
fn what_was_tampered_with_is_refused_by_name() {
    let (problem, answer) = three_requests();
    let with = |change: fn(&mut Answer)| {
        let mut answer = answer.clone();
        change(&mut answer);
        verify(&problem, &answer)
    };
    assert!(with(|_| ()).is_ok());
    assert_eq!(with(|answer| answer.places[2] = Place::With(1)), Err(Flaw::WrongPlace(2)));
    assert_eq!(with(|answer| answer.places[2] = Place::With(9)), Err(Flaw::WrongPlace(2)));
    assert_eq!(with(|answer| answer.places[1] = Place::Gone), Err(Flaw::WrongPlace(1)));
    assert_eq!(with(|answer| answer.places[1] = Place::With(0)), Err(Flaw::TooMany(0)));
    assert_eq!(with(|answer| answer.places[0] = Place::Open), Err(Flaw::CostsOtherwise(120)));
    assert_eq!(with(|answer| answer.cost -= 1), Err(Flaw::CostsOtherwise(64)));
    assert_eq!(with(|answer| answer.bound += 1), Err(Flaw::ProvesLess(64)));
    assert!(matches!(with(|answer| answer.prices[0] = 0), Err(Flaw::ProvesLess(_))));
    assert_eq!(with(|answer| answer.places.truncate(2)), Err(Flaw::OtherProblem));
    assert_eq!(with(|answer| answer.prices.push(0)), Err(Flaw::OtherProblem));
}

#[test]
fn a_locked_request_is_nowhere_else_and_a_withdrawn_one_nowhere() {
    let (problem, _) = three_requests();
    let mut draft = crate::Draft::of(problem, crate::Finish::Exact, crate::ONE);
    draft.lock(0, Way { volunteer: 0, cost: 10 }).expect("free");
    draft.withdraw(2).expect("there");
    draft.settle();
    let answer = draft.answer();
    assert_eq!(answer.places, [Place::With(0), Place::With(1), Place::Gone]);
    assert!(verify(draft.problem(), &answer).is_ok());
    let elsewhere = Answer { places: vec![Place::With(1), Place::With(1), Place::Gone], ..answer.clone() };
    assert_eq!(verify(draft.problem(), &elsewhere), Err(Flaw::WrongPlace(0)));
    let back = Answer { places: vec![Place::With(0), Place::With(1), Place::Open], ..answer };
    assert_eq!(verify(draft.problem(), &back), Err(Flaw::WrongPlace(2)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_prices_prove_more_than_the_cheapest_costs(
        problem in problems(), prices in proptest::collection::vec(0_u32..1_500, 5), claimed in 1_u64..100,
    ) {
        let cheapest = everything::cheapest(&problem);
        let prices = prices[..problem.volunteers()].to_vec();
        let answer = Answer { prices, bound: 0, ..exact(&problem) };
        prop_assert!(verify(&problem, &answer).expect("a bound of nought holds").bound <= cheapest);
        let boasting = Answer { bound: cheapest + claimed, ..answer };
        prop_assert!(matches!(verify(&problem, &boasting), Err(Flaw::ProvesLess(_))));
    }
}
