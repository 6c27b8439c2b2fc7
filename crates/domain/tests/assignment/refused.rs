//! What cannot be a part of a problem is refused by name, and changes nothing.

use domain::matching::assignment::{Draft, Finish, MAX_COST, Problem, ProblemError, Way};

use crate::ONE;
use crate::random::problem;

#[test]
fn a_problem_refuses_what_it_cannot_hold() {
    let mut problem = Problem::default();
    assert_eq!(problem.add_volunteer(&[0, MAX_COST]), Ok(0));
    assert_eq!(problem.add_volunteer(&[2, 1]), Err(ProblemError::StepsShrink));
    assert_eq!(problem.add_volunteer(&[MAX_COST + 1]), Err(ProblemError::CostTooGreat));
    let way = |volunteer, cost| [Way { volunteer, cost }];
    assert_eq!(problem.add_request(MAX_COST, &way(0, MAX_COST)), Ok(0));
    assert_eq!(problem.add_request(MAX_COST + 1, &[]), Err(ProblemError::CostTooGreat));
    assert_eq!(problem.add_request(0, &way(0, u32::MAX)), Err(ProblemError::CostTooGreat));
    assert_eq!(problem.add_request(0, &way(1, 0)), Err(ProblemError::NoSuchVolunteer));
    assert_eq!((problem.requests(), problem.volunteers()), (1, 1));
}

#[test]
fn a_draft_refuses_edits_that_make_no_sense() {
    let way = Way { volunteer: 0, cost: 3 };
    let mut draft = Draft::of(problem(&[vec![0, 1]], &[(9, vec![way]), (9, vec![way])]), Finish::Exact, ONE);
    assert_eq!(draft.unlock(0), Err(ProblemError::NoSuchRequest));
    assert_eq!(draft.lock(0, Way { volunteer: 4, cost: 0 }), Err(ProblemError::NoSuchVolunteer));
    assert_eq!(draft.lock(0, Way { volunteer: 0, cost: MAX_COST + 1 }), Err(ProblemError::CostTooGreat));
    assert_eq!(draft.lock(0, way), Ok(()));
    assert_eq!(draft.lock(0, way), Err(ProblemError::NoSuchRequest), "it is locked already");
    assert_eq!(draft.forbid(0, 0), Err(ProblemError::NoSuchRequest), "it is locked");
    assert_eq!(draft.change_room(0, &[]), Err(ProblemError::LockedBeyondRoom));
    assert_eq!(draft.change_room(0, &[0]), Ok(()));
    assert_eq!(draft.lock(1, way), Err(ProblemError::LockedBeyondRoom));
    assert_eq!(draft.withdraw(0), Ok(()));
    assert_eq!(draft.withdraw(0), Err(ProblemError::NoSuchRequest), "it is gone");
    assert_eq!(draft.withdraw(7), Err(ProblemError::NoSuchRequest));
    assert_eq!(draft.change_room(7, &[]), Err(ProblemError::NoSuchVolunteer));
    assert_eq!(
        draft.change_request(1, 0, &[Way { volunteer: 7, cost: 0 }]),
        Err(ProblemError::NoSuchVolunteer)
    );
}
