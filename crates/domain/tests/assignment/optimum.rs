//! Nothing is cheaper than the exact finish, and the quick one is as near as it says.

use domain::matching::assignment::{Draft, Finish, Problem, Proven, verify};
use proptest::prelude::*;

use crate::random::{problems, towns};
use crate::{ONE, everything, exact, flow};

fn increments() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..5, 0_u32..2_000, Just(u32::MAX)]
}

/// The least increment by which a war of bids ends soon.
fn fewest(problem: &Problem) -> u32 {
    let opens = (0_u32..).zip(0..problem.requests()).filter_map(|(request, _)| problem.open_cost(request));
    opens.max().unwrap_or(0) / 1_000
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nothing_is_cheaper_and_the_bound_says_so(problem in problems()) {
        let (answer, cheapest) = (exact(&problem), everything::cheapest(&problem));
        prop_assert_eq!(verify(&problem, &answer), Ok(Proven { cost: cheapest, bound: cheapest }));
        prop_assert_eq!(answer.bound, cheapest);
        prop_assert_eq!(answer.gap_percent(), 0.0);
    }

    #[test]
    fn the_quick_finish_is_within_its_increment_and_its_bound_is_one(
        problem in problems(), increment in increments(),
    ) {
        let increment = increment.max(fewest(&problem));
        let answer = Draft::of(problem.clone(), Finish::Near { increment }, ONE).answer();
        let proven = verify(&problem, &answer).expect("an answer that is what it says");
        let cheapest = everything::cheapest(&problem);
        let off = u64::from(increment.max(1)) * problem.requests() as u64;
        prop_assert!(cheapest <= proven.cost && proven.cost <= cheapest + off);
        prop_assert!(answer.bound <= cheapest && proven.cost - answer.bound <= off);
        prop_assert_eq!(proven.bound, answer.bound);
    }

    #[test]
    fn settling_the_quick_finish_makes_it_exact(problem in problems(), increment in increments()) {
        let increment = increment.max(fewest(&problem));
        let mut draft = Draft::of(problem.clone(), Finish::Near { increment }, ONE);
        draft.settle();
        let cheapest = everything::cheapest(&problem);
        prop_assert_eq!(verify(&problem, &draft.answer()), Ok(Proven { cost: cheapest, bound: cheapest }));
    }
}

#[test]
fn a_flow_of_least_cost_costs_as_much() {
    for (seed, volunteers, requests) in [(1, 30, 40), (2, 60, 100), (3, 60, 140), (4, 5, 60), (5, 200, 150)] {
        let problem = towns(seed, 2, volunteers, requests);
        assert_eq!(exact(&problem).cost, flow::cheapest(&problem), "seed {seed}");
    }
}

#[test]
fn an_empty_problem_has_an_empty_answer() {
    let answer = exact(&Problem::default());
    assert_eq!((answer.places.len(), answer.cost, answer.bound), (0, 0, 0));
    assert_eq!(answer.gap_percent(), 0.0);
}
