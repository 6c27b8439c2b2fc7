//! A receiver gets another secret; for a day deliveries are signed by both.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::id::WebhookId;

use super::{Made, owner, secrets, told};
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::webhook_endpoints;

/// For how long the secret before signs too.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Give a receiver another secret.
#[derive(Clone)]
pub struct RotateSecret {
    /// Which.
    pub endpoint: WebhookId,
    /// What seals the secret.
    pub keys: Arc<Keys>,
}

impl Action for RotateSecret {
    type Done = Made;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Made, Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        let secret = secrets::make(row.signing()?)?;
        let sealed = secrets::seal(&self.keys, self.endpoint, &secret)?;
        let until = unit.now + OVERLAP;
        let row = webhook_endpoints::replace_secret(unit, &row, &sealed, until).await?;
        events::append(unit, &[told(&row, "webhook.secret_rotated")]).await?;
        Ok(Made { row, secret: secret.shown() })
    }
}
