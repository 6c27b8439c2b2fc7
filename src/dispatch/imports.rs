//! Imports that wait, or whose process was stopped, are worked on.

use tokio::sync::watch;
use uuid::Uuid;

use crate::actions::imports::{Going, Outcome, discard_stalled, run_next};
use crate::app::App;

/// Works on imports until none waits, or the process is to stop; answers how many came to their end.
pub(super) async fn pass(app: &App, runner: Uuid, stop: &watch::Receiver<bool>) -> usize {
    let mut ended = 0;
    let going = || if *stop.borrow() { Going::Stop } else { Going::On };
    loop {
        match run_next(app, runner, None, &|_| going()).await {
            Ok(Outcome::Ended(_)) => ended += 1,
            Ok(Outcome::Idle | Outcome::Lost) => break,
            Err(refusal) => {
                tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "an import will be tried again");
                break;
            }
        }
    }
    if let Err(refusal) = discard_stalled(app).await {
        tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "files that stopped arriving stay for now");
    }
    ended
}
