//! What is kept for a while only, and then forgotten.

use chrono::TimeDelta;

use super::{Action, Refusal};
use crate::storage::tables::{attempts, quota_leases, webhook_messages};
use crate::storage::{Unit, idempotency};

/// How long an answer is kept for its idempotency key. The contract promises seven days.
const KEY_DAYS: i64 = 7;

/// How long wrong guesses are counted. The longest limit looks back a fraction of that.
const ATTEMPTS: TimeDelta = TimeDelta::days(1);

/// How long windows of quotas are kept. They last a minute.
const QUOTAS: TimeDelta = TimeDelta::hours(1);

/// How long attempts at webhooks can be read, and what was delivered can be sent again.
const WEBHOOKS: TimeDelta = TimeDelta::days(30);

/// Forget what is old enough; answers how many rows that were.
#[derive(Debug, Clone, Copy)]
pub struct Forget;

impl Action for Forget {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        let keys = idempotency::forget_older_than(unit, KEY_DAYS).await?;
        let before = unit.now - ATTEMPTS;
        let attempts = attempts::forget_before(unit, before).await?;
        let before = unit.now - QUOTAS;
        let leases = quota_leases::forget_before(unit, before).await?;
        let before = unit.now - WEBHOOKS;
        Ok(keys + attempts + leases + webhook_messages::forget_before(unit, before).await?)
    }
}
