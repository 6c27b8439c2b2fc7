//! Requests as their readers may see them.

use domain::actor::Actor;
use domain::id::RequestId;

use crate::planted::{Bug, is_planted};
use crate::storage::tables::requests::{self, RequestRow};
use crate::storage::tables::{campaigns, claims, volunteers};
use crate::storage::{StorageError, Unit};

/// The request, if the caller may know of it: their organisation's, the partner's own, or, for a
/// volunteer, one that is open in their campaigns or that they hold or held, unless they are never to meet the household.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<RequestRow>, StorageError> {
    let Some(row) = requests::find(unit, id).await? else {
        return Ok(None);
    };
    let actor = unit.actor.clone();
    let visible = match actor {
        Actor::Coordinator { .. } | Actor::Partner { .. } => is_own(&actor, &row),
        Actor::Volunteer { volunteer, organisation, .. } => {
            let campaign = domain::id::CampaignId::new(row.campaign_id);
            let may_take =
                row.status == "open" && campaigns::takes_part(unit, campaign, organisation).await?;
            (may_take || claims::was_held_by(unit, id, volunteer).await?)
                && (is_planted(Bug::ForgottenBlock)
                    || !volunteers::is_blocked(unit, volunteer, row.household_id).await?)
        }
        Actor::Administrator { .. } | Actor::System | Actor::Nobody => false,
    };
    Ok(visible.then_some(row))
}

/// Whether a request is a coordinator's organisation's, or a partner app's own.
pub(super) fn is_own(actor: &Actor, row: &RequestRow) -> bool {
    match actor {
        Actor::Coordinator { organisation, .. } => organisation.uuid() == row.organisation_id,
        Actor::Partner { partner, .. } => row.partner_id == Some(partner.uuid()),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => false,
    }
}

pub use crate::storage::tables::requests::lines_of as lines;
