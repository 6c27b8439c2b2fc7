//! Keeps the positions that were told, some time after each and many at once.

use crate::actions::keep_positions::keep_positions;
use crate::app::App;

/// Keeps what waits. Should the database fail, it waits on: the next pass tries again.
pub(super) async fn pass(app: &App) {
    match keep_positions(app).await {
        Ok(kept) => {
            metrics::counter!("birgemiz_positions_kept_total")
                .increment(u64::try_from(kept).unwrap_or(u64::MAX));
        }
        Err(refusal) => {
            tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "positions could not be kept; they wait on");
        }
    }
    let (waiting, _) = app.fleet.reports_waiting();
    metrics::gauge!("birgemiz_positions_waiting").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
}
