//! The answer does not depend on the number of threads, nor on the run.

use std::num::NonZeroUsize;

use domain::matching::assignment::{Draft, Finish, Problem};

use crate::random::towns;

fn answers(problem: &Problem, finish: Finish) {
    let on = |threads| {
        let threads = NonZeroUsize::new(threads).expect("not nought");
        let mut draft = Draft::of(problem.clone(), finish, threads);
        // What comes later must not depend on it either.
        let first = draft.answer();
        draft.withdraw(17).expect("there");
        draft.change_room(5, &[]).expect("there");
        draft.settle();
        (first, draft.answer())
    };
    let one = on(1);
    for threads in [1, 2, 3, 8] {
        assert!(on(threads) == one, "{threads} threads, {finish:?}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_answer() {
    // Twelve towns: three or four batches.
    let problem = towns(3, 12, 150, 1_200);
    answers(&problem, Finish::Exact);
    answers(&problem, Finish::Near { increment: 30 });
    // One town, which cannot be divided.
    answers(&towns(4, 1, 200, 500), Finish::Exact);
}
