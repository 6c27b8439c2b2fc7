//! Rows that are kept for a while only.

use crate::actions::forget::{Forget, MOST};
use crate::actions::perform_as_system;
use crate::app::App;

/// Forgets all that is old enough, some of it at a time; answers how many rows that were.
pub(super) async fn pass(app: &App) -> usize {
    let mut forgotten = 0;
    while !app.draining.is_stopping() {
        match perform_as_system(app, Forget).await {
            Ok(some) => {
                forgotten += some;
                if some < MOST {
                    break;
                }
            }
            Err(refusal) => {
                tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "nothing more was forgotten");
                break;
            }
        }
    }
    forgotten
}
