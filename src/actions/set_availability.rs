//! A volunteer says when in the week offers are welcome.

use domain::volunteer::WeeklySlot;

use super::edit_volunteer::told;
use super::whose::{self, Whose};
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::volunteer_profiles;
use crate::storage::tables::volunteers::VolunteerRow;

/// The most slots of a week: seven days of seven stretches, and one over Sunday midnight.
pub const MAX_SLOTS: usize = 50;

/// Set one's availability.
#[derive(Clone)]
pub struct SetAvailability {
    /// The stretches of the week; none means any time.
    pub slots: Vec<WeeklySlot>,
}

impl Action for SetAvailability {
    type Done = VolunteerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<VolunteerRow, Refusal> {
        let row = whose::find_locked(unit, Whose::Own).await?;
        let row = volunteer_profiles::set_availability(unit, &row, &self.slots).await?;
        events::append(unit, &[told(&row, "volunteer.availability_changed")]).await?;
        Ok(row)
    }
}
