//! Down again: says at once that it is not ready, takes no more calls, finishes what is under way within
//! a limit, and owns up to what it cut off.

use std::time::Duration;

use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Running, StartupError};
use crate::actions::keep_positions::keep_the_last_positions;
use crate::actions::refused_calls::record_refused_calls;
use crate::app::App;
use crate::clock;
use crate::config::StopSettings;
use crate::storage::embedded::EmbeddedPostgres;

/// How often it is looked whether the last unit of work has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How often it is looked whether the private Postgres still runs: it is to be back within seconds.
const REVIVE_EVERY: Duration = Duration::from_millis(200);

/// What a stop finished, and what it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// Calls that were answered since the end began.
    pub calls_finished: u64,
    /// Calls that were cut off without an answer.
    pub calls_dropped: u64,
    /// Units of work that were cut off: Postgres rolls them back, and nobody was told that they were done.
    pub units_dropped: u32,
    /// Positions that were taken in and could not be kept.
    pub positions_lost: usize,
    /// From the signal to the end, in milliseconds.
    pub took_ms: u64,
}

impl Stopped {
    /// Whether nothing was cut off.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.calls_dropped == 0 && self.units_dropped == 0 && self.positions_lost == 0
    }
}

impl Running {
    /// Stops at once, with the usual patience.
    pub async fn stop(self) -> Stopped {
        self.stop_patiently(&StopSettings::default()).await
    }

    /// Says that it is not ready, waits as long as it is told for that to be noticed, takes no more calls,
    /// and returns when those under way are done or their time is over.
    pub async fn stop_patiently(mut self, settings: &StopSettings) -> Stopped {
        let began = clock::instant();
        self.app.draining.begin_to_stop();
        metrics::gauge!("birgemiz_ready").set(0.0);
        tracing::info!(calls_under_way = self.app.draining.under_way(), "stopping");
        tokio::time::sleep(Duration::from_millis(settings.stop_delay_ms)).await;
        self.server.stop().await;
        self.loops.stop().await;
        if let Err(refusal) = record_refused_calls(&self.app).await {
            tracing::error!(code = %refusal.code, "what was refused last is not recorded");
        }
        let positions_lost = keep_the_last_positions(&self.app).await;
        self.followers.shutdown().await;
        let units_dropped = units_left(&self.app, Duration::from_secs(settings.stop_limit_s)).await;
        let calls = &self.app.draining;
        let stopped = Stopped {
            calls_finished: calls.finished(),
            calls_dropped: calls.dropped(),
            units_dropped,
            positions_lost,
            took_ms: u64::try_from(clock::since(began).as_millis()).unwrap_or(u64::MAX),
        };
        tracing::info!(
            calls_finished = stopped.calls_finished,
            calls_dropped = stopped.calls_dropped,
            units_dropped = stopped.units_dropped,
            positions_lost = stopped.positions_lost,
            took_ms = stopped.took_ms,
            "stopped"
        );
        stopped
    }
}

/// Units whose callers have gone still finish. Answers how many have not within that time.
async fn units_left(app: &App, limit: Duration) -> u32 {
    let began = clock::instant();
    loop {
        let left = app.database.pool_use().in_use;
        // A database that is away finishes nothing, and rolls back whatever it has of them.
        if left == 0 || clock::since(began) >= limit || !app.database.is_here() {
            return left;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What tells the process to stop.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Listens from now on. Before anybody is told that the service runs: whoever hears it may stop it at
    /// once, and a signal that nobody listens for ends the process where it stands.
    pub(super) fn listen() -> Result<Self, StartupError> {
        let to = |kind| signal(kind).map_err(|error| StartupError::System("no signals", error));
        Ok(Self { interrupt: to(SignalKind::interrupt())?, terminate: to(SignalKind::terminate())? })
    }

    /// Returns when the process is told to stop; until then brings the private Postgres back whenever it
    /// has ended by itself. On the main thread, like everything that starts it.
    pub(super) async fn told_to_stop(mut self, mut postgres: Option<&mut EmbeddedPostgres>) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => return,
                () = tokio::time::sleep(REVIVE_EVERY) => {}
            }
            if let Some(Err(error)) = postgres.as_mut().map(|postgres| postgres.revive()) {
                tracing::error!(%error, "the private Postgres ended and does not start again; trying on");
            }
        }
    }
}
