//! Runs every loop until nothing is left to do: for tests, and whenever a sandbox's clock was moved.

use tokio::sync::watch;

use super::{calling, erased, expiry, forgetting, pursuing, retention, silence};
use crate::app::App;

/// Passes after which something that undoes itself is taken to be at work.
const MOST_PASSES: usize = 100;

/// Passes after a clock was moved. One thing leads to another: a lease lapses, the request expires, somebody is to
/// be called no more. What is left after that is the loops' own, who find it within seconds.
const PASSES_AFTER_A_MOVE: usize = 6;

/// How much was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Claims that lapsed.
    pub lapsed: usize,
    /// Requests that a coordinator was told of.
    pub escalated: usize,
    /// Requests that expired.
    pub expired: usize,
    /// Requests about which it was decided whom to ask.
    pub pursued: usize,
    /// Offers that the estimates have taken in.
    pub learnt: usize,
    /// Silences because of which somebody was sent.
    pub silences: usize,
    /// Calls that were scheduled or dropped.
    pub calls: usize,
    /// Rows that were forgotten.
    pub forgotten: usize,
    /// What was private and kept for long enough.
    pub outlived: usize,
}

/// Does everything that is due now, and lets the fleet catch up. May run beside the loops: what they
/// did meanwhile is not counted.
pub async fn drain(app: &App) -> Drained {
    passes(app, MOST_PASSES).await
}

/// Does what came due whenever this process moved a clock, until the process is to stop.
pub(super) async fn follow_clocks(app: App, mut stop: watch::Receiver<bool>) {
    let mut moves = app.wakeup.moves();
    while !*stop.borrow() {
        tokio::select! {
            moved = moves.changed() => if moved.is_err() { return },
            told = stop.changed() => if told.is_err() { return } else { continue },
        }
        let up_to = *moves.borrow_and_update();
        passes(&app, PASSES_AFTER_A_MOVE).await;
        app.wakeup.followed(up_to);
    }
}

async fn passes(app: &App, most: usize) -> Drained {
    let mut sum = Drained::default();
    for _ in 0..most {
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
        pursued: pursuing::pass(app).await,
        learnt: pursuing::learn(app).await,
        silences: silence::pass(app).await,
        calls: calling::pass(app).await,
        forgotten: forgetting::pass(app).await,
        outlived: retention::pass(app).await + erased::pass(app).await,
    }
}

impl Drained {
    const fn and(self, more: Self) -> Self {
        Self {
            lapsed: self.lapsed + more.lapsed,
            escalated: self.escalated + more.escalated,
            expired: self.expired + more.expired,
            pursued: self.pursued + more.pursued,
            learnt: self.learnt + more.learnt,
            silences: self.silences + more.silences,
            calls: self.calls + more.calls,
            forgotten: self.forgotten + more.forgotten,
            outlived: self.outlived + more.outlived,
        }
    }
}
