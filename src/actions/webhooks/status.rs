//! A receiver is switched on again, tested, told anew, or deleted.

use domain::id::{EventId, WebhookId};
use domain::refusal::Code;
use domain::webhook::{DisabledReason, WebhookStatus};

use super::{owner, told};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events::{self, Change};
use crate::storage::tables::webhook_endpoints::{self, EndpointRow};
use crate::storage::tables::webhook_messages::{self, Again, Replayed};
use crate::storage::views::feed;

/// Switch a receiver on again: everything that waits for it is sent at once, in its order.
#[derive(Clone)]
pub struct EnableEndpoint {
    /// Which.
    pub endpoint: WebhookId,
}

impl Action for EnableEndpoint {
    type Done = EndpointRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<EndpointRow, Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        if row.is_active() {
            return Err(Refusal::because(Code::WrongState, "the endpoint is active already"));
        }
        let row = webhook_endpoints::set_status(unit, self.endpoint, WebhookStatus::Active, None).await?;
        webhook_messages::hurry(unit, self.endpoint).await?;
        let mut enabled = told(&row, "webhook.enabled");
        enabled.changes = vec![Change::moved("webhook", self.endpoint, "disabled", "active")];
        events::append(unit, &[enabled]).await?;
        Ok(row)
    }
}

/// Delete a receiver. Nothing is sent to it any more; its attempts are kept as long as others'.
#[derive(Clone)]
pub struct DeleteEndpoint {
    /// Which.
    pub endpoint: WebhookId,
}

impl Action for DeleteEndpoint {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        let was = if row.is_active() { "active" } else { "disabled" };
        webhook_endpoints::set_status(unit, self.endpoint, WebhookStatus::Deleted, None).await?;
        let mut deleted = told(&row, "webhook.deleted");
        deleted.changes = vec![Change::moved("webhook", self.endpoint, was, "deleted")];
        events::append(unit, &[deleted]).await?;
        Ok(())
    }
}

/// Send a receiver a `webhook.test`, whatever else it wants.
#[derive(Clone)]
pub struct SendTest {
    /// Which.
    pub endpoint: WebhookId,
}

impl Action for SendTest {
    type Done = EventId;

    async fn run(self, unit: &mut Unit<'_>) -> Result<EventId, Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        if !row.is_active() {
            return Err(Refusal::because(Code::WrongState, "the endpoint is disabled; enable it first"));
        }
        events::append(unit, &[told(&row, "webhook.test")]).await?;
        let test = feed::latest_about(unit, row.id, "webhook.test").await?.ok_or(Code::Internal)?;
        webhook_messages::enqueue(unit, &row, &[&test]).await?;
        Ok(EventId::new(test.id))
    }
}

/// Send again what a receiver was sent before.
#[derive(Clone)]
pub struct Replay {
    /// Which.
    pub endpoint: WebhookId,
    /// What.
    pub again: Again,
}

impl Action for Replay {
    type Done = Replayed;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Replayed, Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        if self.again.from >= self.again.until {
            return Err(Refusal::flaw("/until", "later than `from`"));
        }
        let replayed = webhook_messages::replay(unit, self.endpoint, &self.again).await?;
        events::append(unit, &[told(&row, "webhook.replayed")]).await?;
        Ok(replayed)
    }
}

/// Disables a receiver and tells its owner by an event; none when it was disabled already.
pub(super) async fn disable(
    unit: &mut Unit<'_>,
    row: &EndpointRow,
    reason: DisabledReason,
) -> Result<(), Refusal> {
    webhook_endpoints::set_status(unit, row.endpoint(), WebhookStatus::Disabled, Some(reason)).await?;
    let mut disabled = told(row, "webhook.disabled");
    disabled.reason = Some(reason.as_str().to_owned());
    disabled.changes = vec![Change::moved("webhook", row.endpoint(), "active", "disabled")];
    events::append(unit, &[disabled]).await?;
    tracing::warn!(endpoint = %row.endpoint(), %reason, "a webhook endpoint is disabled");
    Ok(())
}
