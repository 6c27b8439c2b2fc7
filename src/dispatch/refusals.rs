//! What was refused to whom is recorded a moment after it was.

use crate::actions::refused_calls::record_refused_calls;
use crate::app::App;

/// Records what waits. Should the database fail, it waits on: the next pass tries again.
pub(super) async fn pass(app: &App) {
    if let Err(refusal) = record_refused_calls(app).await {
        tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "what was refused could not be recorded; it waits on");
    }
}
