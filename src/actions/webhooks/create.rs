//! A receiver is made. What verifies its deliveries is shown once.

use std::sync::Arc;

use domain::id::WebhookId;
use domain::refusal::Code;
use domain::webhook::Signing;

use super::{owner, secrets, told, wishes};
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::keys::Keys;
use crate::outbound::webhooks::Reach;
use crate::storage::Unit;
use crate::storage::events::{self, Change};
use crate::storage::tables::webhook_endpoints::{self, EndpointRow, NewEndpoint, Wishes};

/// The most receivers that one owner has.
const MOST: i64 = 50;

/// Make a receiver.
#[derive(Clone)]
pub struct CreateEndpoint {
    /// What its owner says.
    pub wishes: Wishes,
    /// How it is signed.
    pub signing: Signing,
    /// How far things may be posted.
    pub reach: Reach,
    /// What seals the secret.
    pub keys: Arc<Keys>,
}

/// A receiver, and what verifies its deliveries.
#[derive(Clone)]
pub struct Made {
    /// The receiver.
    pub row: EndpointRow,
    /// The secret, or the public key. Shown once.
    pub secret: String,
}

impl Action for CreateEndpoint {
    type Done = Made;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Made, Refusal> {
        let owner = owner::owner_of(&unit.actor)?;
        let wishes = wishes::judged(self.wishes, self.reach)?;
        let have = webhook_endpoints::list(unit, owner.organisation, owner.partner, None, MOST).await?;
        if i64::try_from(have.len()).is_ok_and(|count| count >= MOST) {
            return Err(Refusal::because(
                Code::WrongState,
                format!("you have {MOST} already; delete one first"),
            ));
        }
        let id = WebhookId::new(clock::new_id());
        let secret = secrets::make(self.signing)?;
        let new = NewEndpoint {
            id,
            organisation: owner.organisation,
            partner: owner.partner,
            wishes,
            signing: self.signing,
            secret: secrets::seal(&self.keys, id, &secret)?,
            cursor: events::tip(unit).await?,
        };
        let row = webhook_endpoints::insert(unit, &new).await.map_err(wishes::no_such_area())?;
        let mut created = told(&row, "webhook.created");
        created.changes = vec![Change::made("webhook", id, "active")];
        events::append(unit, &[created]).await?;
        Ok(Made { row, secret: secret.shown() })
    }
}
