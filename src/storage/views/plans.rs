//! Plans, for coordinators of their organisation.

use domain::actor::Actor;
use domain::id::PlanId;
use domain::plan::Record;

use crate::storage::tables::plans;
pub use crate::storage::tables::plans::{PlanRow, list};
use crate::storage::{StorageError, Unit};

/// The plan, if the caller may know of it: its organisation's coordinators.
///
/// # Errors
/// When the database fails, or holds a record that is none.
pub async fn visible(unit: &mut Unit<'_>, id: PlanId) -> Result<Option<(PlanRow, Record)>, StorageError> {
    let found = plans::find(unit, id).await?;
    Ok(found.filter(|(row, _)| match &unit.actor {
        Actor::Coordinator { organisation, .. } => *organisation == row.organisation(),
        Actor::Administrator { .. }
        | Actor::System
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::Nobody => false,
    }))
}
