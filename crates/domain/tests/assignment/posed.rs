//! The problem that is put is the one that rules and costs describe.

use domain::id::VolunteerId;
use domain::matching::assignment::{Draft, Finish, MAX_COST, Terms, open_cost, pose, steps, verify};
use domain::matching::{Candidate, Fleet, OpenRequest, cost, first_refusal};
use domain::place::{GreatCircleTravel, TravelTime};
use proptest::prelude::*;

use crate::{ONE, world};

fn cost_without_load(
    candidate: &Candidate,
    request: &OpenRequest,
    at: domain::matching::At,
    terms: &Terms,
) -> u32 {
    let travel = GreatCircleTravel::default();
    let time = request.kind.is_physical().then(|| {
        let here = candidate.position(at.now).expect("a rule asks for it");
        travel.travel_time(here, request.place.position(), candidate.transport)
    });
    let cost = cost(candidate, request, time, &terms.weights);
    u32::try_from(cost.total() - cost.load).expect("a few hours").min(MAX_COST)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whoever_may_is_a_way_at_what_it_costs(
        (request, candidates) in world::request_among(40), at in world::at(), weights in world::weights(),
    ) {
        let terms = Terms { listed: 100, weights, ..Terms::default() };
        let fleet: Fleet = candidates.iter().cloned().collect();
        let travel = GreatCircleTravel::default();
        let posed = pose(&fleet, [&request], at, &terms, &travel).expect("few");
        let mut ways: Vec<(VolunteerId, u32)> = posed
            .problem
            .ways(0)
            .iter()
            .map(|way| (posed.volunteers[way.volunteer as usize], way.cost))
            .collect();
        let mut expected: Vec<(VolunteerId, u32)> = candidates
            .iter()
            .filter(|candidate| first_refusal(candidate, &request, at).is_none())
            .map(|candidate| (candidate.volunteer, cost_without_load(candidate, &request, at, &terms)))
            .collect();
        ways.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(ways, expected);
        prop_assert_eq!(posed.problem.open_cost(0), Some(open_cost(&request, at.now, terms.ageing)));
        for (number, volunteer) in (0..).zip(&posed.volunteers) {
            let candidate = fleet.get(*volunteer).expect("one of the fleet");
            prop_assert_eq!(posed.problem.free_steps(number), steps(candidate, &weights));
        }
        let answer = Draft::of(posed.problem.clone(), Finish::Exact, ONE).answer();
        prop_assert!(verify(&posed.problem, &answer).is_ok_and(|proven| proven.cost == proven.bound));
    }
}
