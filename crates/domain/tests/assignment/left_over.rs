//! Why nobody does a request, and what the lists say.

use domain::matching::assignment::{LeftOver, Place, Way};

use crate::exact;
use crate::random::problem;

#[test]
fn whoever_is_left_over_is_told_why() {
    let way = |volunteer, cost| Way { volunteer, cost };
    let requests = [
        (50, vec![way(0, 10)]),
        (50, vec![]),
        (50, vec![way(0, 20)]),
        (50, vec![way(1, 60), way(0, 90)]),
        (50, vec![way(1, 44)]),
        (50, vec![way(2, 1)]),
    ];
    // The second asks five more for a task, the third has no room at all.
    let problem = problem(&[vec![0], vec![5, 9], vec![]], &requests);
    let answer = exact(&problem);
    assert_eq!(answer.places[0], Place::With(0));
    assert_eq!(answer.by_volunteer(), [vec![0], vec![4], vec![]]);
    assert_eq!(
        answer.left_over(&problem),
        [
            (1, LeftOver::NoCandidate),
            (2, LeftOver::AllFull),
            (3, LeftOver::CheaperOpen),
            (5, LeftOver::AllFull),
        ]
    );
}

#[test]
fn tasks_are_spread_when_the_next_costs_more() {
    let way = |volunteer, cost| Way { volunteer, cost };
    let both = || (900, vec![way(0, 10), way(1, 30)]);
    let lists = |steps: &[u32]| {
        let problem = problem(&[steps.to_vec(), steps.to_vec()], &[both(), both(), both(), both()]);
        exact(&problem).by_volunteer().iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(lists(&[0, 0, 0, 0]), [4, 0]);
    assert_eq!(lists(&[0, 15, 30, 45]), [3, 1]);
    assert_eq!(lists(&[0, 30, 60, 90]), [2, 2]);
}
