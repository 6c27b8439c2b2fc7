//! What is known of a volunteer is corrected: by a coordinator, or, as far as it is theirs to say, by
//! the volunteer.

use super::whose::{self, Whose};
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::volunteer_profiles::{self, Edit};
use crate::storage::tables::volunteers::VolunteerRow;

/// Edit a volunteer.
#[derive(Clone)]
pub struct EditVolunteer {
    /// Whose.
    pub whose: Whose,
    /// What is different now.
    pub edit: Edit,
}

impl Action for EditVolunteer {
    type Done = VolunteerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<VolunteerRow, Refusal> {
        let row = whose::find_locked(unit, self.whose).await?;
        let row = volunteer_profiles::edit(unit, &row, &self.edit).await?;
        events::append(unit, &[told(&row, "volunteer.edited")]).await?;
        Ok(row)
    }
}

/// The event of something that is about a volunteer and changes no status.
pub(super) fn told(row: &VolunteerRow, kind: &'static str) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        volunteer: Some(row.volunteer()),
        ..Event::about(kind, "volunteer", row.id)
    }
}
