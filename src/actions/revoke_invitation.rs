//! An invitation ends: nobody registers by its code any more.

use domain::id::InvitationId;
use domain::refusal::Code;

use super::{Action, Refusal, permission};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::invitations::{self, InvitationRow};

/// Revoke an invitation.
#[derive(Clone)]
pub struct RevokeInvitation {
    /// Which.
    pub invitation: InvitationId,
}

impl Action for RevokeInvitation {
    type Done = InvitationRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<InvitationRow, Refusal> {
        let found = invitations::find(unit, self.invitation).await?.ok_or_else(Refusal::not_found)?;
        // To another organisation's coordinator it does not exist.
        let ours = unit.actor.organisation() == Some(found.organisation());
        if !ours {
            permission::administrator(&unit.actor).map_err(|_| Refusal::not_found())?;
        }
        permission::staff_of(&unit.actor, Some(found.organisation()))?;
        let row = invitations::revoke(unit, self.invitation)
            .await?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the invitation is revoked already"))?;
        let revoked = Event {
            organisation: Some(row.organisation()),
            area: Some(domain::id::AreaId::new(row.area_id)),
            ..Event::about("invitation.revoked", "invitation", row.id)
        };
        events::append(unit, &[revoked]).await?;
        Ok(row)
    }
}
