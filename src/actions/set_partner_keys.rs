//! A partner app gets the public keys by which it may sign, in place of those that it had.

use domain::id::PartnerId;
use domain::refusal::Code;

use super::auth::assertion::PublicKey;
use super::auth::step_up;
use super::{Action, Refusal, permission, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::{client_assertions, partners};

/// How many keys a partner app may have: one that signs, one that will, and some for other machines.
pub const MOST_KEYS: usize = 5;

/// Give a partner app these public keys and no others.
#[derive(Clone)]
pub struct SetPartnerKeys {
    /// Which.
    pub partner: PartnerId,
    /// Its keys.
    pub keys: Vec<PublicKey>,
}

impl Action for SetPartnerKeys {
    type Done = Vec<PublicKey>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<PublicKey>, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        for (place, key) in self.keys.iter().enumerate() {
            key.check(&format!("/keys/{place}")).map_err(|flaw| Refusal::flawed(vec![flaw]))?;
            if self.keys.iter().take(place).any(|other| other.kid() == key.kid()) {
                return Err(Refusal::flaw(format!("/keys/{place}/kid"), "another key has this name"));
            }
        }
        partners::find(unit, self.partner).await?.ok_or_else(Refusal::not_found)?;
        let keys = serde_json::to_value(&self.keys)
            .map_err(|_| Refusal::because(Code::Internal, "public keys are no JSON"))?;
        let partner = client_assertions::set_public_keys(unit, self.partner, &keys)
            .await?
            .ok_or_else(|| Refusal::because(Code::WrongState, "the partner app is revoked"))?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, partner.version - 1)?;
        let set = Event {
            organisation: Some(partner.organisation()),
            ..Event::about("partner.keys_set", "partner", partner.id)
        };
        events::append(unit, &[set]).await?;
        Ok(self.keys)
    }
}
