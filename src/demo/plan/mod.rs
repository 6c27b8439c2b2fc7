//! What the city shall be, from its seed alone: districts, households, volunteers and requests. The same
//! seed draws the same city on every machine. Nothing here asks or writes anything.
//!
//! Nobody in it exists. Names are common ones put together by chance, streets are invented and say so,
//! e-mail addresses end in `.example` (RFC 2606), and telephone numbers are of the range that Ofcom keeps
//! for drama, since no such range is known for Kazakhstan.

mod districts;
mod fates;
mod goods;
mod households;
mod names;
mod quarter;
mod requests;
mod volunteers;

pub use districts::{DISTRICTS, District};
pub use fates::{FATES, Fate};
pub use goods::{ITEMS, KITS, PlannedThing};
pub use households::{HOUSEHOLDS, PlannedHousehold, external_id};
pub use requests::{PlannedRequest, REQUESTS, everyday};
pub use volunteers::{NEWCOMERS, PlannedVolunteer, Readiness, VOLUNTEERS};

use domain::place::{AreaShape, Position};

use super::{Chance, DemoError};

/// How many organisations there are, each with a coordinator and a partner app.
pub const ORGANISATIONS: [&str; 3] =
    ["Qamqor City Office (demo)", "Jastar Volunteers (demo)", "Meirim Fund (demo)"];

/// A city.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it was drawn from.
    pub seed: u64,
    /// The outlines of its districts, in the order of [`DISTRICTS`].
    pub outlines: Vec<AreaShape>,
    /// Who lives there.
    pub households: Vec<PlannedHousehold>,
    /// Who helps.
    pub volunteers: Vec<PlannedVolunteer>,
    /// What was asked for, and what became of it.
    pub requests: Vec<PlannedRequest>,
}

impl Plan {
    /// Draws the city of a seed.
    ///
    /// # Errors
    /// When a district's outline is none: a fault of this program.
    pub fn draw(seed: u64) -> Result<Self, DemoError> {
        let outlines = districts::outlines()?;
        let households = households::draw(seed, &outlines)?;
        let volunteers = volunteers::draw(seed, &outlines)?;
        let requests = requests::draw(seed, &FATES, &households, &volunteers);
        Ok(Self { seed, outlines, households, volunteers, requests })
    }

    /// Buildings of a district, beside those that its households live in: without them a household's
    /// coarse point would have to be drawn for a whole district.
    ///
    /// # Errors
    /// When there is no such place: a fault of this program.
    pub fn buildings(&self, district: usize) -> Result<Vec<Position>, DemoError> {
        /// About what one square kilometre of a quarter has.
        const OF_A_DISTRICT: usize = 800;
        let mut chance = Chance::new(self.seed, 9_000 + u64::try_from(district).unwrap_or(0));
        (0..OF_A_DISTRICT).map(|_| districts::place_in(district, &self.outlines, &mut chance)).collect()
    }
}

#[cfg(test)]
mod tests;
