//! All open requests to all volunteers at once, as cheaply as can be, and a proof of how good it is.
//!
//! A *problem* says who could do what and what it costs; a *draft* is an assignment of it, which can be changed
//! and settled again; an *answer* is what a draft comes to, with the prices that prove a bound; `certificate`
//! checks an answer without knowing how it was found. *Grounds* are volunteers packed for asking who is near
//! very many requests.
//!
//! How it is done: an auction gives everybody a place quickly and nearly as well as can be; then whoever is
//! not content moves, along cheapest chains, until everybody is (`market` says what that means). The second
//! half serves changes as well.

mod answer;
mod auction;
mod beyond;
mod boxes;
mod callers;
mod certificate;
mod draft;
mod edits;
mod grounds;
mod labels;
mod market;
mod order;
mod parts;
mod posing;
mod problem;
mod relief;
mod resuming;
mod seating;
mod terms;
mod widening;

pub use answer::{Answer, LeftOver, Place};
pub use beyond::{Looked, Priced};
pub use certificate::{Flaw, Proven, verify};
pub use draft::{Draft, Finish};
pub use grounds::{Grounds, Neighbour, Scout};
pub use order::along_the_curve;
pub use posing::{Posed, Terms, pose, way_cost, way_time};
pub use problem::{MAX_COST, Problem, ProblemError, Way};
pub use terms::{Ageing, open_cost, steps};
pub use widening::{Step, Widening};
