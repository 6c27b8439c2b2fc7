//! A coordinator wants something of a plan otherwise, and has it settled again.

use domain::id::PlanId;
use domain::plan::Edit;

use super::{Planned, after, proposed, told};
use crate::actions::{Action, Refusal};
use crate::storage::tables::plans;
use crate::storage::{Unit, events};

/// Change what is wanted of a plan.
#[derive(Debug, Clone)]
pub struct EditPlan {
    /// Which.
    pub plan: PlanId,
    /// One after the other; all of them or none.
    pub edits: Vec<Edit>,
}

impl Action for EditPlan {
    type Done = Planned;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Planned, Refusal> {
        let Planned { record, .. } = proposed(unit, self.plan).await?;
        let record = after(record, self.edits).await?;
        let row = plans::change(unit, self.plan, &record).await?;
        events::append(unit, &[told("plan.edited", &row)]).await?;
        Ok(Planned { row, record })
    }
}
