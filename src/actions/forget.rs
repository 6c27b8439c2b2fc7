//! What is kept for a while only, and then forgotten.

use chrono::TimeDelta;

use super::{Action, Refusal};
use crate::storage::tables::{
    attempts, client_assertions, login_codes, mail_messages, quota_leases, sessions, webhook_messages,
};
use crate::storage::{Unit, idempotency};

/// How long an answer is kept for its idempotency key. The contract promises seven days.
const KEY_DAYS: i64 = 7;

/// How long wrong guesses are counted. The longest limit looks back a fraction of that.
const ATTEMPTS: TimeDelta = TimeDelta::days(1);

/// How long windows of quotas are kept. They last a minute.
const QUOTAS: TimeDelta = TimeDelta::hours(1);

/// How long attempts at webhooks can be read, and what was delivered can be sent again.
const WEBHOOKS: TimeDelta = TimeDelta::days(30);

/// How long it is remembered that somebody was logged in, after that session could last no longer.
const SESSIONS: TimeDelta = TimeDelta::days(30);

/// How long it is remembered that a letter was sent, without what it said.
const LETTERS: TimeDelta = TimeDelta::days(30);

/// The most rows of one kind that are forgotten in one unit of work: some ten milliseconds of it.
pub const MOST: usize = 2_000;

/// Forget what is old enough, at most [`MOST`] of each kind; answers how many rows that were. Fewer than that: nothing
/// is left that is as old.
#[derive(Debug, Clone, Copy)]
pub struct Forget;

impl Action for Forget {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let keys = idempotency::forget_older_than(unit, KEY_DAYS, most).await?;
        let attempts = attempts::forget_before(unit, unit.now - ATTEMPTS, most).await?;
        let leases = quota_leases::forget_before(unit, unit.now - QUOTAS, most).await?;
        let webhooks = webhook_messages::forget_before(unit, unit.now - WEBHOOKS, most).await?;
        let sessions = sessions::forget_before(unit, unit.now - SESSIONS, most).await?;
        let letters = mail_messages::forget_before(unit, unit.now - LETTERS, most).await?;
        let codes = login_codes::forget_before(unit, unit.now - ATTEMPTS, most).await?;
        let assertions = client_assertions::forget_before(unit, unit.now - QUOTAS, most).await?;
        Ok(assertions + codes + letters + keys + attempts + leases + webhooks + sessions)
    }
}
