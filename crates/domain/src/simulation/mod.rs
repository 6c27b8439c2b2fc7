//! A city of made-up people in which policies can be tried: the very same decisions, driven by a virtual clock.
//!
//! A *scenario* says who lives there and what they do; an *approach* is a way of asking volunteers, ours or another; a
//! *report* is what came of it. People do what they do by their own odds, of which the estimates know nothing. The
//! same scenario and seed give the same report, and every approach meets the same people with the same intentions.
//!
//! What comes out is simulation and is to be called that: the scenario states what was assumed.

mod approach;
mod dice;
mod entry;
mod people;
mod plot;
mod report;
mod run;
mod scenario;
mod tally;
mod world;

pub use approach::Approach;
pub use plot::plot;
pub use report::{DistrictReport, Report};
pub use run::simulate;
pub use scenario::{Demand, District, People, Scenario, ScenarioError};
