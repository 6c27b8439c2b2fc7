//! A partner app gets another secret; the old one is good no more.

use domain::id::PartnerId;
use domain::refusal::Code;

use super::auth::secret::{self, SecretKind};
use super::auth::step_up;
use super::create_partner::Credentials;
use super::{Action, Refusal, permission, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::partners;

/// Give a partner app another secret.
#[derive(Clone)]
pub struct RotatePartnerSecret {
    /// Which.
    pub partner: PartnerId,
}

impl Action for RotatePartnerSecret {
    type Done = Credentials;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Credentials, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        partners::find(unit, self.partner).await?.ok_or_else(Refusal::not_found)?;
        let secret = secret::make(SecretKind::Partner)?;
        let partner = partners::replace_secret(unit, self.partner, &secret::digest(&secret))
            .await?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the partner app is revoked"))?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, partner.version - 1)?;
        let rotated = Event {
            organisation: Some(partner.organisation()),
            ..Event::about("partner.secret_rotated", "partner", partner.id)
        };
        events::append(unit, &[rotated]).await?;
        Ok(Credentials { partner, secret })
    }
}
