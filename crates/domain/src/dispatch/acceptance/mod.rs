//! How likely a volunteer accepts, learnt from what became of earlier offers: one table a consideration.
//!
//! # The model
//!
//! ```text
//! chance(volunteer, request, time) = base(volunteer) x way x load x hour x tired x answered within the time
//! ```
//!
//! Nothing enters but the way, the time of day, the claims held, and what this volunteer did with earlier offers.
//!
//! - *base* is a Gamma-Poisson estimate: (strength x what is usual + accepted) / (strength + exposure), where the
//!   exposure of an offer is the product of its other factors: whoever passes over what is far is not thought less of
//!   for what is near. What is usual is the same estimate for everyone together; before anything is known, 30 %, the
//!   middle of the response rates of 17 to 47 % reported for alerted responders (JMIR mHealth 2023, e41551).
//! - *way, load, hour, tired* are tables of a few bins. Each entry is (strength x prior + accepted) / (strength +
//!   exposure without this factor), divided by the same over all bins together, so that the level stays with the
//!   base. Priors are our assumption; `factor` lists them.
//! - *answered within* is how soon those who accepted did so, as a table of delays.
//! - What is old counts less: all counts halve in 45 days (a forgetting factor as in discounted Bayesian filtering,
//!   Raftery et al. 2010), so a habit that changed is known within a season.
//! - An offer that was withdrawn because somebody else was sooner counts by how likely an answer was until then
//!   (right censoring), and one that was declined because of the request (too far, too heavy) says nothing of the
//!   volunteer.
//!
//! Gamma-Poisson shrinkage: Clayton and Kaldor, "Empirical Bayes estimates of age-standardized relative risks",
//! Biometrics 43 (1987). Every table can be read as it stands.

mod delays;
mod factor;
mod facts;
mod model;
mod tally;

pub use delays::{Delays, EDGES_S};
pub use factor::{Consideration, Factor};
pub use facts::Facts;
pub use model::{Acceptance, Outcome, Parts};
pub use tally::Tally;
