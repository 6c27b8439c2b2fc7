//! A draft that was changed and settled again is as good as one made anew.

use domain::matching::assignment::{Draft, Finish, Problem, ProblemError, Proven, Way, verify};
use proptest::prelude::*;

use crate::random::{Asked, Chance, Scale, asked, cost, problem_of, scale, steps, towns};
use crate::{ONE, everything, exact};

#[derive(Debug, Clone)]
enum Edit {
    Add(Asked),
    Change(u32, Asked),
    Withdraw(u32),
    Room(u32, Vec<u32>),
    Lock(u32, Way),
    Unlock(u32),
    Forbid(u32, u32),
    Settle,
}

fn edits(scale: Scale, volunteers: u32) -> impl Strategy<Value = Edit> {
    let (request, volunteer) = (0_u32..8, 0..volunteers.max(1));
    prop_oneof![
        asked(scale, volunteers).prop_map(Edit::Add),
        (request.clone(), asked(scale, volunteers)).prop_map(|(request, asked)| Edit::Change(request, asked)),
        request.clone().prop_map(Edit::Withdraw),
        (volunteer.clone(), steps(scale)).prop_map(|(volunteer, steps)| Edit::Room(volunteer, steps)),
        (request.clone(), volunteer.clone(), cost(scale))
            .prop_map(|(request, volunteer, cost)| Edit::Lock(request, Way { volunteer, cost })),
        request.clone().prop_map(Edit::Unlock),
        (request, volunteer).prop_map(|(request, volunteer)| Edit::Forbid(request, volunteer)),
        Just(Edit::Settle),
    ]
}

/// What cannot be done is refused and changes nothing; that is as good a case as any.
fn apply(draft: &mut Draft, edit: &Edit) {
    let before = draft.problem().requests();
    let done: Result<(), ProblemError> = match edit {
        Edit::Add((open, ways)) if before < 7 => draft.add_request(*open, ways).map(drop),
        Edit::Add(_) => Ok(()),
        Edit::Change(request, (open, ways)) => draft.change_request(*request, *open, ways),
        Edit::Withdraw(request) => draft.withdraw(*request),
        Edit::Room(volunteer, steps) => draft.change_room(*volunteer, steps),
        Edit::Lock(request, way) => draft.lock(*request, *way),
        Edit::Unlock(request) => draft.unlock(*request),
        Edit::Forbid(request, volunteer) => draft.forbid(*request, *volunteer),
        Edit::Settle => {
            draft.settle();
            Ok(())
        }
    };
    let _ = done;
}

fn a_problem_and_edits() -> impl Strategy<Value = (Problem, Vec<Edit>)> {
    scale().prop_flat_map(|scale| {
        problem_of(scale).prop_flat_map(move |problem| {
            let volunteers = u32::try_from(problem.volunteers()).unwrap_or(0);
            (Just(problem), proptest::collection::vec(edits(scale, volunteers), 0..12))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn whatever_is_changed_nothing_is_cheaper(
        (problem, edits) in a_problem_and_edits(), finish in prop_oneof![Just(Finish::Exact), Just(Finish::Near { increment: 1 << 18 })],
    ) {
        let mut draft = Draft::of(problem, finish, ONE);
        for edit in &edits {
            apply(&mut draft, edit);
        }
        draft.settle();
        let cheapest = everything::cheapest(draft.problem());
        let answer = draft.answer();
        prop_assert_eq!(verify(draft.problem(), &answer), Ok(Proven { cost: cheapest, bound: cheapest }));
        prop_assert_eq!(answer.bound, cheapest);
    }
}

#[test]
fn a_hundredth_changed_again_and_again_stays_as_cheap_as_made_anew() {
    let mut chance = Chance(7);
    let mut draft = Draft::of(towns(11, 3, 100, 220), Finish::Exact, ONE);
    for round in 0..40 {
        for _ in 0..7 {
            let (request, other) = (chance.below(660), chance.below(660));
            let ways: Vec<Way> = draft.problem().ways(other).to_vec();
            let nearer = ways.iter().map(|way| Way { cost: way.cost / 2 + chance.below(90), ..*way });
            draft.change_request(request, 1_300, &nearer.collect::<Vec<_>>()).expect("free");
        }
        for _ in 0..3 {
            let room: Vec<u32> = (0..chance.below(4)).map(|task| 40 * task * task).collect();
            draft.change_room(chance.below(300), &room).expect("nothing is locked");
        }
        draft.settle();
        let answer = draft.answer();
        let anew = exact(draft.problem());
        assert_eq!((answer.cost, answer.bound), (anew.cost, anew.bound), "round {round}");
        assert!(verify(draft.problem(), &answer).is_ok());
    }
}
