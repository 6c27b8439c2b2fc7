//! Invitations as their readers may see them: a coordinator their organisation's, administrators all.

use domain::actor::Actor;
use domain::id::{InvitationId, OrganisationId};
use uuid::Uuid;

use crate::storage::tables::invitations;
pub use crate::storage::tables::invitations::InvitationRow;
use crate::storage::{StorageError, Unit};

/// Whose invitations somebody may know of.
enum Whose {
    Everybodys,
    Organisation(OrganisationId),
    Nobodys,
}

fn known(actor: &Actor) -> Whose {
    match actor {
        Actor::Administrator { .. } | Actor::System => Whose::Everybodys,
        Actor::Coordinator { organisation, .. } => Whose::Organisation(*organisation),
        Actor::Volunteer { .. } | Actor::Partner { .. } | Actor::Nobody => Whose::Nobodys,
    }
}

/// The invitation, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: InvitationId) -> Result<Option<InvitationRow>, StorageError> {
    let row = invitations::find(unit, id).await?;
    Ok(row.filter(|row| match known(&unit.actor) {
        Whose::Everybodys => true,
        Whose::Organisation(organisation) => organisation == row.organisation(),
        Whose::Nobodys => false,
    }))
}

/// The invitations that the caller may know of, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<InvitationRow>, StorageError> {
    match known(&unit.actor) {
        Whose::Everybodys => invitations::list(unit, None, after, limit).await,
        Whose::Organisation(organisation) => invitations::list(unit, Some(organisation), after, limit).await,
        Whose::Nobodys => Ok(Vec::new()),
    }
}
