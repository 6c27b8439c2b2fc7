//! Rows that are kept for a while only.

use crate::actions::forget::Forget;
use crate::actions::perform_as_system;
use crate::app::App;

/// Forgets what is old enough; answers how many rows that were.
pub(super) async fn pass(app: &App) -> usize {
    match perform_as_system(app, Forget).await {
        Ok(forgotten) => forgotten,
        Err(refusal) => {
            tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "nothing was forgotten");
            0
        }
    }
}
