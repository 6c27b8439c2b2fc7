//! A partner app's credentials end, and with them every token it holds.

use domain::id::PartnerId;
use domain::refusal::Code;

use super::{Action, Refusal, permission, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::partners::{self, PartnerRow};

/// Revoke a partner app.
#[derive(Clone)]
pub struct RevokePartner {
    /// Which.
    pub partner: PartnerId,
}

impl Action for RevokePartner {
    type Done = PartnerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<PartnerRow, Refusal> {
        permission::administrator(&unit.actor)?;
        partners::find(unit, self.partner).await?.ok_or_else(Refusal::not_found)?;
        let row = partners::revoke(unit, self.partner)
            .await?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the partner app is revoked already"))?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, row.version - 1)?;
        let revoked = Event {
            organisation: Some(row.organisation()),
            changes: vec![Change::moved("partner", row.partner(), "active", "revoked")],
            ..Event::about("partner.revoked", "partner", row.id)
        };
        events::append(unit, &[revoked]).await?;
        Ok(row)
    }
}
