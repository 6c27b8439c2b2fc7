//! What is private is kept no longer than its campaign's policy says.

use domain::erasure::ErasureCause;
use uuid::Uuid;

use crate::actions::erase_household::EraseHousehold;
use crate::actions::keep_no_longer::{KeepNoLonger, Kept, MOST, households_to_erase};
use crate::actions::perform_as_system;
use crate::app::App;

/// Deletes and erases all that is due, some of it at a time; answers how much that was.
pub(super) async fn pass(app: &App) -> usize {
    let mut gone = 0;
    for kept in Kept::ALL {
        gone += delete(app, kept).await;
    }
    gone + erase(app).await
}

async fn delete(app: &App, kept: Kept) -> usize {
    let mut deleted = 0;
    while !app.draining.is_stopping() {
        match perform_as_system(app, KeepNoLonger { kept }).await {
            Ok(some) => {
                deleted += some;
                if some < MOST {
                    break;
                }
            }
            Err(refusal) => {
                tracing::warn!(what = kept.as_str(), code = %refusal.code, cause = ?refusal.cause, "kept for too long");
                break;
            }
        }
    }
    count(kept.as_str(), deleted);
    deleted
}

async fn erase(app: &App) -> usize {
    let (mut after, mut erased) = (Uuid::nil(), 0);
    while !app.draining.is_stopping() {
        let found = match households_to_erase(app, after).await {
            Ok(found) => found,
            Err(refusal) => {
                tracing::warn!(what = "households", code = %refusal.code, cause = ?refusal.cause, "kept for too long");
                break;
            }
        };
        let Some(last) = found.last() else { break };
        after = last.uuid();
        for household in &found {
            // Whoever is asked for again meanwhile is refused and stays.
            let erasing = EraseHousehold { household: *household, cause: ErasureCause::Retention };
            erased += usize::from(perform_as_system(app, erasing).await.is_ok());
        }
    }
    if erased > 0 {
        app.wakeup.ring();
    }
    count("households", erased);
    erased
}

fn count(what: &'static str, gone: usize) {
    metrics::counter!("birgemiz_retention_total", "what" => what).increment(gone as u64);
}
