//! What happened and what was read is sealed soon after it was written.

use crate::actions::perform_as_system;
use crate::actions::seal::{Book, MOST, SealNext};
use crate::app::App;

/// Seals all there is, some of it at a time; answers how many rows that were. What another process is sealing is left to
/// it: whichever comes next goes on where it ended.
pub(super) async fn pass(app: &App) -> usize {
    let mut sealed = 0;
    for book in Book::ALL {
        while !app.draining.is_stopping() {
            match perform_as_system(app, SealNext { book }).await {
                Ok(Some(some)) => {
                    sealed += some;
                    metrics::counter!("birgemiz_rows_sealed_total", "book" => book.as_str())
                        .increment(some as u64);
                    if some < MOST {
                        break;
                    }
                }
                Ok(None) => break,
                Err(refusal) => {
                    tracing::warn!(book = book.as_str(), code = %refusal.code, cause = ?refusal.cause, "nothing was sealed; it is tried again");
                    break;
                }
            }
        }
    }
    sealed
}
