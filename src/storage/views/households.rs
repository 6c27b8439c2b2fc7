//! Households as their readers may see them.

use domain::actor::Actor;
use domain::id::HouseholdId;

use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::{StorageError, Unit};

/// The household, if the caller may know of it: their organisation's, or the partner's own.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: HouseholdId) -> Result<Option<HouseholdRow>, StorageError> {
    let row = households::find(unit, id).await?;
    Ok(row.filter(|row| match &unit.actor {
        Actor::Coordinator { organisation, .. } => *organisation == row.organisation(),
        Actor::Partner { partner, .. } => row.partner() == Some(*partner),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => false,
    }))
}
