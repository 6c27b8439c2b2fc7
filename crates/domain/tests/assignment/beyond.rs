//! Short lists of candidates, looked beyond until nothing is missing, are as good as lists of everyone.

use domain::matching::assignment::{Draft, Finish, Grounds, Neighbour, Priced, Problem, Scout, Way};
use domain::place::{Metres, Position};
use proptest::prelude::*;

use crate::grounds::at;
use crate::{ONE, exact};

fn problem(grounds: &Grounds, requests: &[Position], rooms: &[usize], wanted: usize) -> Problem {
    let mut problem = Problem::default();
    for room in rooms {
        problem.add_volunteer(&vec![0; *room]).expect("steps of nought");
    }
    let mut scout = Scout::new(wanted);
    for place in requests {
        let found = scout.nearest(grounds, *place, |_| true);
        let ways: Vec<Way> =
            found.iter().map(|near| Way { volunteer: near.row(), cost: near.decimetres() }).collect();
        problem.add_request(60_000, &ways).expect("known volunteers");
    }
    problem
}

/// How often it was looked beyond, and the draft after that.
fn widened(grounds: &Grounds, requests: &[Position], rooms: &[usize], wanted: usize) -> (usize, Draft) {
    let mut draft = Draft::of(problem(grounds, requests, rooms, wanted), Finish::Exact, ONE);
    for round in 1.. {
        let prices = draft.prices();
        let priced = Priced::new(grounds, &prices);
        let added = draft.look_beyond(|request, below, found| {
            let reach = |cost: u32| Metres::new(cost / 10 + 1);
            priced.cheaper(
                requests[request as usize],
                below,
                reach,
                |near: Neighbour| Some(near.decimetres()),
                found,
            );
        });
        if added == 0 {
            return (round, draft);
        }
    }
    unreachable!("there are only so many ways to add")
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
        let (_, draft) = widened(&grounds, &requests, rooms, wanted);
        let everyone = exact(&problem(&grounds, &requests, rooms, volunteers.len()));
        prop_assert_eq!(draft.answer().cost, everyone.cost);
    }
}

#[test]
fn a_crowd_at_one_spot_makes_farther_volunteers_worth_a_look() {
    let volunteers: Vec<Position> = (0..40).map(|n| at((43.2 + f64::from(n) / 1_000.0, 76.8))).collect();
    let requests = vec![at((43.2, 76.8)); 40];
    let grounds = Grounds::of(&volunteers);
    let (rounds, draft) = widened(&grounds, &requests, &[1; 40], 2);
    assert!(rounds > 1);
    assert!(draft.answer().left_over(draft.problem()).is_empty());
}
