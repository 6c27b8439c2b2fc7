//! Runs every loop until nothing is left to do: for tests, and for whoever moved a clock.

use super::{calling, expiry, forgetting, silence};
use crate::app::App;

/// Passes after which something that undoes itself is taken to be at work.
const MOST_PASSES: usize = 100;

/// How much was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Claims that lapsed.
    pub lapsed: usize,
    /// Requests that a coordinator was told of.
    pub escalated: usize,
    /// Requests that expired.
    pub expired: usize,
    /// Silences because of which somebody was sent.
    pub silences: usize,
    /// Calls that were scheduled or dropped.
    pub calls: usize,
    /// Rows that were forgotten.
    pub forgotten: usize,
}

/// Does everything that is due now, and lets the fleet catch up. May run beside the loops: what they
/// did meanwhile is not counted.
pub async fn drain(app: &App) -> Drained {
    let mut sum = Drained::default();
    for _ in 0..MOST_PASSES {
        let done = pass(app).await;
        if done == Drained::default() {
            break;
        }
        sum = sum.and(done);
    }
    if let Err(error) = app.fleet.catch_up(&app.database).await {
        tracing::warn!(%error, "the fleet falls behind");
    }
    sum
}

async fn pass(app: &App) -> Drained {
    let expiry::Expired { lapsed, escalated, expired } = expiry::pass(app).await;
    Drained {
        lapsed,
        escalated,
        expired,
        silences: silence::pass(app).await,
        calls: calling::pass(app).await,
        forgotten: forgetting::pass(app).await,
    }
}

impl Drained {
    const fn and(self, more: Self) -> Self {
        Self {
            lapsed: self.lapsed + more.lapsed,
            escalated: self.escalated + more.escalated,
            expired: self.expired + more.expired,
            silences: self.silences + more.silences,
            calls: self.calls + more.calls,
            forgotten: self.forgotten + more.forgotten,
        }
    }
}
