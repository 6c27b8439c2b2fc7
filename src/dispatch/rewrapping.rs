//! After an organisation's key for data got another version, data keys are wrapped by it, and this process uses it.

use std::sync::Arc;

use crate::actions::perform_as_system;
use crate::actions::rotate_data::RewrapSomeDoors;
use crate::app::App;

/// Wraps all that is wrapped by an older version, some of it at a time; answers how many that were.
pub(super) async fn pass(app: &App) -> usize {
    let mut rewrapped = 0;
    while !app.draining.is_stopping() {
        match perform_as_system(app, RewrapSomeDoors { vault: Arc::clone(&app.vault) }).await {
            Ok(0) => break,
            Ok(some) => rewrapped += some,
            Err(refusal) => {
                tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "data keys are not wrapped anew");
                break;
            }
        }
    }
    rewrapped
}
