//! Problems drawn by chance: small ones of every kind, for trying everything, and towns for the rest.

use domain::matching::assignment::{MAX_COST, Problem, Way};
use proptest::prelude::*;

/// From where the costs of one problem come.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scale {
    /// Nearly everything is equal, and nought.
    Ties,
    Usual,
    /// The largest that there are, beside nought.
    Largest,
}

pub(crate) fn cost(scale: Scale) -> BoxedStrategy<u32> {
    match scale {
        Scale::Ties => (0_u32..4).boxed(),
        Scale::Usual => (0_u32..1_000).boxed(),
        Scale::Largest => prop_oneof![MAX_COST - 3..=MAX_COST, 0_u32..2].boxed(),
    }
}

pub(crate) fn scale() -> impl Strategy<Value = Scale> + Clone {
    prop_oneof![Just(Scale::Ties), Just(Scale::Usual), Just(Scale::Largest)]
}

/// What a volunteer's tasks cost extra: from no room at all to three.
pub(crate) fn steps(scale: Scale) -> impl Strategy<Value = Vec<u32>> {
    let any = proptest::collection::vec(cost(scale), 0..4);
    let free = (0_usize..4).prop_map(|room| vec![0; room]);
    prop_oneof![any, free].prop_map(|mut steps| {
        steps.sort_unstable();
        steps
    })
}

/// A request as it is handed in; a volunteer may come twice.
pub(crate) type Asked = (u32, Vec<Way>);

pub(crate) fn asked(scale: Scale, volunteers: u32) -> impl Strategy<Value = Asked> {
    let way = (0..volunteers.max(1), cost(scale)).prop_map(|(volunteer, cost)| Way { volunteer, cost });
    let most = if volunteers == 0 { 0 } else { 5 };
    (cost(scale), proptest::collection::vec(way, 0..=most))
}

pub(crate) fn problem_of(scale: Scale) -> impl Strategy<Value = Problem> {
    proptest::collection::vec(steps(scale), 0..5).prop_flat_map(move |rooms| {
        let volunteers = u32::try_from(rooms.len()).unwrap_or(0);
        let requests = proptest::collection::vec(asked(scale, volunteers), 0..7);
        requests.prop_map(move |requests| problem(&rooms, &requests))
    })
}

pub(crate) fn problems() -> impl Strategy<Value = Problem> {
    scale().prop_flat_map(problem_of)
}

pub(crate) fn problem(rooms: &[Vec<u32>], requests: &[Asked]) -> Problem {
    let mut problem = Problem::default();
    for steps in rooms {
        problem.add_volunteer(steps).expect("steps that do not shrink");
    }
    for (open, ways) in requests {
        problem.add_request(*open, ways).expect("ways to volunteers who are there");
    }
    problem
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(z ^ (z >> 31)) * u128::from(most)) >> 64) as u32
    }
}

/// Towns far from each other, each a square with volunteers and requests in it; who is near is a candidate.
pub(crate) fn towns(seed: u64, towns: u32, volunteers: u32, requests: u32) -> Problem {
    let mut chance = Chance(seed);
    let mut problem = Problem::default();
    let mut places = Vec::new();
    for _ in 0..towns * volunteers {
        places.push((chance.below(1_000), chance.below(1_000)));
        let steps: Vec<u32> = (0..1 + chance.below(3)).map(|task| 40 * task * task).collect();
        problem.add_volunteer(&steps).expect("steps that grow");
    }
    for town in 0..towns {
        for _ in 0..requests {
            let (x, y) = (chance.below(1_000), chance.below(1_000));
            let mut ways: Vec<Way> = (town * volunteers..(town + 1) * volunteers)
                .map(|volunteer| {
                    let (u, v) = places[volunteer as usize];
                    Way { volunteer, cost: x.abs_diff(u) + y.abs_diff(v) }
                })
                .collect();
            ways.sort_unstable_by_key(|way| (way.cost, way.volunteer));
            ways.truncate(8);
            problem.add_request(1_200 + chance.below(400), &ways).expect("known volunteers");
        }
    }
    problem
}
