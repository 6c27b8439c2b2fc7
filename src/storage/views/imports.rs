//! Imports as their readers may see them.

use domain::actor::Actor;
use domain::id::ImportId;

use crate::storage::tables::imports::{self, ImportRow};
use crate::storage::{StorageError, Unit};

/// The import, if the caller may know of it: their organisation's coordinators, and administrators.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: ImportId) -> Result<Option<ImportRow>, StorageError> {
    let row = imports::find(unit, id).await?;
    Ok(row.filter(|row| match &unit.actor {
        Actor::Coordinator { organisation, .. } => *organisation == row.organisation(),
        Actor::Administrator { .. } | Actor::System => true,
        Actor::Volunteer { .. } | Actor::Partner { .. } | Actor::Nobody => false,
    }))
}
