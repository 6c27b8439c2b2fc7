//! Once a day it is written into a file where every chain of seals ends, for somebody to keep elsewhere.

use crate::actions::{Call, Refusal, read};
use crate::app::App;
use crate::audit::heads::{self, HeadsError};
use crate::storage::views;

/// Why the file of the day is not there.
#[derive(Debug, thiserror::Error)]
enum NotKept {
    #[error("the heads could not be read")]
    Refused(Refusal),
    #[error(transparent)]
    Heads(#[from] HeadsError),
}

/// Writes the file of the day, unless one of the processes has.
pub(super) async fn pass(app: &App) {
    if let Err(error) = keep(app).await {
        metrics::counter!("birgemiz_heads_failures_total").increment(1);
        tracing::warn!(%error, "the heads of today were not written; it is tried again");
    }
}

async fn keep(app: &App) -> Result<(), NotKept> {
    let (now, rows) =
        read(app, &Call::by_system(), async |unit| Ok((unit.now, views::heads::all(unit).await?)))
            .await
            .map_err(NotKept::Refused)?;
    let file = heads::file_of_day(&app.audit_folder, now);
    if rows.is_empty() || file.exists() {
        return Ok(());
    }
    let text = heads::written(&rows, now, &app.keys)?;
    let kept = app.runtime.spawn_blocking(move || heads::keep(&file, &text).map(|is_ours| (file, is_ours)));
    match kept.await {
        Ok(Ok((file, true))) => {
            tracing::info!(file = %file.display(), chains = rows.len(), "the heads of today are written");
        }
        Ok(Ok((_, false))) => {}
        Ok(Err(error)) => return Err(error.into()),
        Err(error) => tracing::error!(%error, "the heads of today were broken off"),
    }
    Ok(())
}
