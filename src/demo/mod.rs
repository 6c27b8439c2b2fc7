//! A city to look at: fictional from end to end, drawn from a seed, built through the same actions as
//! any other, and alive.
//!
//! - `plan`: what the city shall be, from the seed alone; asks nothing and writes nothing
//! - `city`: builds it, as the administrator, the coordinators, the partner apps and the volunteers
//! - `life`: what its people do from then on
//! - `folder`, `roster`: where it is kept, and who can log in

mod acting;
mod chance;
mod city;
mod error;
mod folder;
mod holder;
mod life;
mod picture;
pub mod plan;
mod roster;

pub use chance::Chance;
pub use city::{build, build_sandbox};
pub use error::DemoError;
pub use folder::{DemoFolder, write};
pub use life::Life;
pub use roster::{AreaEntry, OrganisationEntry, Roster, VolunteerEntry};
