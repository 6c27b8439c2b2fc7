//! Short lists of candidates, looked beyond until nothing is missing, are as good as lists of everyone.

use domain::matching::assignment::{
    Draft, Finish, Grounds, Neighbour, Priced, Problem, Proven, Scout, Step, Way, Widening, verify,
};
use domain::place::{Metres, Position};
use proptest::prelude::*;

use crate::grounds::at;
use crate::random::Chance;
use crate::{ONE, exact};

fn problem(grounds: &Grounds, requests: &[Position], rooms: &[usize], wanted: usize) -> Problem {
    problem_with(60_000, grounds, requests, rooms, wanted)
}

fn problem_with(
    open: u32,
    grounds: &Grounds,
    requests: &[Position],
    rooms: &[usize],
    wanted: usize,
) -> Problem {
    let mut problem = Problem::default();
    for room in rooms {
        problem.add_volunteer(&vec![0; *room]).expect("steps of nought");
    }
    let mut scout = Scout::new(wanted);
    for place in requests {
        let found = scout.nearest(grounds, *place, |_| true);
        let ways: Vec<Way> =
            found.iter().map(|near| Way { volunteer: near.row(), cost: near.decimetres() }).collect();
        problem.add_request(open, &ways).expect("known volunteers");
    }
    problem
}

/// How often it was looked beyond, the greatest bound that was proven for everyone on the way, and the draft after that.
fn widened(grounds: &Grounds, requests: &[Position], rooms: &[usize], wanted: usize) -> (usize, u64, Draft) {
    let mut draft = Draft::of(problem(grounds, requests, rooms, wanted), Finish::Exact, ONE);
    let mut proven = 0;
    for round in 1.. {
        let prices = draft.prices();
        let priced = Priced::new(grounds, &prices);
        draft.settle();
        let before = draft.answer().bound;
        let looked = draft.look_beyond(|request, below, found| {
            let reach = |cost: u32| Metres::new(cost / 10 + 1);
            priced.cheaper(
                requests[request as usize],
                below,
                reach,
                |near: Neighbour| Some(near.decimetres()),
                found,
            );
        });
        proven = proven.max(before.saturating_sub(looked.lacking));
        if looked.added == 0 {
            return (round, proven, draft);
        }
    }
    unreachable!("there are only so many ways to add")
}

/// How many steps were bounded, how often everyone was looked for, and the draft after that.
fn step_by_step(problem: Problem, grounds: &Grounds, requests: &[Position]) -> (usize, usize, Draft) {
    let (mut widening, mut bounded, mut whole) = (Widening::of(problem), 0, 0);
    loop {
        let prices = widening.draft().prices();
        let priced = Priced::new(grounds, &prices);
        let step = widening.look(|request, below, found| {
            let reach = |cost: u32| Metres::new(cost / 10 + 1);
            let place = requests[request as usize];
            priced.cheaper(place, below, reach, |near: Neighbour| Some(near.decimetres()), found);
        });
        match step {
            Step::Bounded(_) => bounded += 1,
            Step::Whole(_) => whole += 1,
        }
        if matches!(step, Step::Whole(looked) if looked.added == 0) {
            return (bounded, whole, widening.into_draft());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn short_lists_looked_beyond_are_as_good_as_lists_of_all(
        volunteers in proptest::collection::vec((43.20..43.26, 76.80..76.88), 1..60),
        requests in proptest::collection::vec((43.20..43.26, 76.80..76.88), 0..80),
        rooms in proptest::collection::vec(0_usize..3, 60),
        wanted in 1_usize..4,
    ) {
        let volunteers: Vec<Position> = volunteers.into_iter().map(at).collect();
        let requests: Vec<Position> = requests.into_iter().map(at).collect();
        let grounds = Grounds::of(&volunteers);
        let rooms = &rooms[..volunteers.len()];
        let (_, proven, draft) = widened(&grounds, &requests, rooms, wanted);
        let everyone = exact(&problem(&grounds, &requests, rooms, volunteers.len()));
        prop_assert_eq!(draft.answer().cost, everyone.cost);
        prop_assert_eq!(proven, everyone.cost, "every bound on the way is one, and the last is the cost");
    }

    #[test]
    fn lists_widened_step_by_step_are_as_good_as_lists_of_all(
        volunteers in proptest::collection::vec((43.20..43.26, 76.80..76.88), 1..60),
        requests in proptest::collection::vec((43.20..43.26, 76.80..76.88), 0..80),
        rooms in proptest::collection::vec(0_usize..3, 60),
        (wanted, open) in (1_usize..4, 0_u32..90_000),
    ) {
        let volunteers: Vec<Position> = volunteers.into_iter().map(at).collect();
        let requests: Vec<Position> = requests.into_iter().map(at).collect();
        let grounds = Grounds::of(&volunteers);
        let rooms = &rooms[..volunteers.len()];
        let asked = |wanted| problem_with(open, &grounds, &requests, rooms, wanted);
        let (_, _, draft) = step_by_step(asked(wanted), &grounds, &requests);
        let answer = draft.answer();
        let everyone = exact(&asked(volunteers.len())).cost;
        prop_assert_eq!((answer.cost, answer.bound), (everyone, everyone));
        prop_assert_eq!(verify(draft.problem(), &answer), Ok(Proven { cost: everyone, bound: everyone }));
        for request in 0..u32::try_from(requests.len()).expect("few") {
            prop_assert_eq!(draft.problem().open_cost(request), Some(open), "in the end as dear as in truth");
        }
    }
}

#[test]
fn a_crowd_at_one_spot_makes_farther_volunteers_worth_a_look() {
    let volunteers: Vec<Position> = (0..40).map(|n| at((43.2 + f64::from(n) / 1_000.0, 76.8))).collect();
    let requests = vec![at((43.2, 76.8)); 40];
    let grounds = Grounds::of(&volunteers);
    let (rounds, _, draft) = widened(&grounds, &requests, &[1; 40], 2);
    assert!(rounds > 1);
    assert!(draft.answer().left_over(draft.problem()).is_empty());
}

#[test]
fn whoever_finds_nobody_in_a_full_quarter_is_looked_for_beyond_it_step_by_step() {
    // Twice as many requests as room in the west, and none but room in the east.
    let mut chance = Chance(3);
    let mut somewhere = |west: f64| {
        at((43.2 + f64::from(chance.below(1_000)) / 2e4, west + f64::from(chance.below(1_000)) / 1e4))
    };
    let volunteers: Vec<Position> =
        (0..600).map(|n| somewhere(if n % 2 == 0 { 76.8 } else { 76.9 })).collect();
    let requests: Vec<Position> = (0..600).map(|_| somewhere(76.8)).collect();
    let grounds = Grounds::of(&volunteers);
    let asked = |wanted| problem_with(200_000, &grounds, &requests, &[1; 600], wanted);
    let (bounded, whole, draft) = step_by_step(asked(4), &grounds, &requests);
    assert!(bounded > 2, "{bounded} steps");
    assert!(whole < 20, "{whole} looks");
    assert_eq!(draft.answer().cost, exact(&asked(600)).cost);
    assert!(draft.answer().left_over(draft.problem()).is_empty());
}
