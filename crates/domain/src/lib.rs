//! Every decision of Birgemiz, and no I/O: no clock, no randomness, no database, no network.
//!
//! Time, seeds and policy come in as arguments. What goes in is data, what comes out is a value
//! that says what must happen; the service carries it out.

mod word;

pub mod actor;
pub mod admission;
pub mod calls;
pub mod catalogue;
pub mod dispatch;
pub mod door;
pub mod door_budget;
pub mod erasure;
pub mod event;
pub mod household;
pub mod id;
pub mod life;
pub mod likeness;
pub mod matching;
pub mod place;
pub mod plan;
pub mod policy;
pub mod precondition;
pub mod proof;
pub mod quota;
pub mod refusal;
pub mod retention;
pub mod sandbox;
pub mod session;
pub mod sheet;
pub mod simulation;
pub mod small_cells;
pub mod volunteer;
pub mod webhook;
pub mod window;
pub mod words;

pub use word::UnknownWord;

/// A moment in time, UTC. The domain never asks for the present: `now` is always an argument.
pub type Moment = chrono::DateTime<chrono::Utc>;
