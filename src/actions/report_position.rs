//! A volunteer tells where they are. Only the last place is kept, and no event tells it.

use domain::actor::Actor;
use domain::place::Position;
use domain::refusal::Code;

use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::{volunteer_profiles, volunteers};

/// Report one's position.
#[derive(Clone, Copy)]
pub struct ReportPosition {
    /// Where.
    pub position: Position,
    /// How exact.
    pub accuracy_m: Option<f64>,
}

impl Action for ReportPosition {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let now = volunteer_profiles::time_of(unit, volunteer).await?;
        volunteers::set_position(unit, volunteer, self.position, self.accuracy_m, now).await?;
        Ok(())
    }
}
