//! Assignments beside those that trying everything finds, and what must hold of any of them.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what a test builds by hand is right, or it fails"
)]

mod beyond;
mod certificate;
mod changes;
mod everything;
mod flow;
mod grounds;
mod left_over;
mod optimum;
mod posed;
mod random;
mod refused;
mod threads;
#[path = "../matching_world/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod world;

use std::num::NonZeroUsize;

use domain::matching::assignment::{Answer, Draft, Finish, Problem};

const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn exact(problem: &Problem) -> Answer {
    Draft::of(problem.clone(), Finish::Exact, ONE).answer()
}
