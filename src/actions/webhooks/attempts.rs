//! What follows from attempts is written down: messages delivered or put off, receivers given rest or given up.

use domain::id::WebhookId;
use domain::webhook::{Jitter, Outcome, Verdict, after};

use super::status;
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::outbound::webhooks::Posted;
use crate::storage::Unit;
use crate::storage::tables::sandboxes;
use crate::storage::tables::webhook_endpoints::{self, EndpointRow};
use crate::storage::tables::webhook_messages::{self, DueRow, NewAttempt, Standing};

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct Attempted {
    /// At which message.
    pub message: DueRow,
    /// How it went.
    pub posted: Posted,
}

/// Write down what follows from attempts at one receiver. At least once: whoever made them may have lost it since.
#[derive(Clone)]
pub struct RecordAttempts {
    /// Which.
    pub endpoint: WebhookId,
    /// How they went.
    pub attempts: Vec<Attempted>,
}

impl Action for RecordAttempts {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let Some(row) = webhook_endpoints::find_locked(unit, self.endpoint).await? else {
            return Ok(());
        };
        let noted: Vec<NewAttempt> = self.attempts.iter().map(noted).collect();
        webhook_messages::note(unit, &row, &noted).await?;
        let delivered: Vec<_> = self
            .attempts
            .iter()
            .filter(|attempt| attempt.posted.outcome.is_delivered())
            .map(|attempt| attempt.message.event_id)
            .collect();
        if !delivered.is_empty() {
            webhook_messages::settle(unit, self.endpoint, &delivered, Standing::Delivered).await?;
        }
        let failed: Vec<_> =
            self.attempts.iter().filter(|attempt| !attempt.posted.outcome.is_delivered()).collect();
        follow(unit, &row, &failed, !delivered.is_empty()).await
    }
}

/// What failures mean for their messages and for the receiver.
async fn follow(
    unit: &mut Unit<'_>,
    row: &EndpointRow,
    failed: &[&Attempted],
    some_arrived: bool,
) -> Result<(), Refusal> {
    let mut failing_since = row.failing_since.filter(|_| !some_arrived);
    let (mut paused_until, mut given_up) = (row.paused_until, None);
    // Asked only where something failed: whatever arrives needs no clock but the real one.
    let now = if failed.is_empty() { unit.now } else { sandboxes::time_of(unit, row.organisation()).await? };
    for attempt in failed {
        let jitter = Jitter::of(u16::from_be_bytes(clock::random()?));
        let tried = u32::try_from(attempt.message.attempts).unwrap_or(u32::MAX).saturating_add(1);
        let verdict = after(attempt.posted.outcome, tried, failing_since, now, jitter);
        let again_at = match verdict {
            Verdict::Delivered => continue,
            Verdict::Again { at, pause_until } => {
                paused_until = paused_until.max(pause_until);
                at
            }
            Verdict::GiveUp(reason) => {
                given_up = Some(reason);
                now
            }
        };
        let standing = Standing::WaitsUntil(again_at);
        webhook_messages::settle(unit, row.endpoint(), &[attempt.message.event_id], standing).await?;
        failing_since = failing_since.or_else(|| Some(now).filter(|_| !some_arrived));
    }
    match given_up {
        Some(reason) if row.is_active() => status::disable(unit, row, reason).await,
        Some(_) | None => {
            if (failing_since, paused_until) != (row.failing_since, row.paused_until) {
                webhook_endpoints::set_health(unit, row.endpoint(), failing_since, paused_until).await?;
            }
            Ok(())
        }
    }
}

fn noted(attempt: &Attempted) -> NewAttempt {
    NewAttempt {
        event: attempt.message.event_id,
        kind: attempt.message.kind.clone(),
        number: attempt.message.attempts.saturating_add(1),
        outcome: attempt.posted.word,
        status: match attempt.posted.outcome {
            Outcome::Answered { status, .. } => Some(status),
            Outcome::Unanswered => None,
        },
        duration_ms: i32::try_from(attempt.posted.took.as_millis()).unwrap_or(i32::MAX),
    }
}
