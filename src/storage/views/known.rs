//! Which campaigns a caller may know of: theirs; all, for administrators and the service itself.

use domain::actor::Actor;

use crate::storage::tables::campaigns::{self, Campaigns};
use crate::storage::{StorageError, Unit};

/// The campaigns that whoever acts may know of.
pub(super) async fn campaigns(unit: &mut Unit<'_>) -> Result<Campaigns, StorageError> {
    match &unit.actor {
        Actor::Administrator { .. } | Actor::System => Ok(Campaigns::All),
        Actor::Coordinator { organisation, .. } | Actor::Volunteer { organisation, .. } => {
            let organisation = *organisation;
            campaigns::of_organisation(unit, organisation).await
        }
        Actor::Partner { campaign, .. } => Ok(Campaigns::Only(vec![campaign.uuid()])),
        Actor::Nobody => Ok(Campaigns::Only(Vec::new())),
    }
}
