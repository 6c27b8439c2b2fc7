//! Who was erased stays so, also when a backup of before is restored: a list of them is kept outside the database, and
//! whoever is on it and back is erased again.

use std::collections::BTreeSet;
use std::io;

use domain::erasure::ErasureCause;
use domain::id::HouseholdId;
use domain::refusal::Code;

use crate::actions::erase_household::{EraseHousehold, all_erased, back_among};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;
use crate::audit::erased::{list_in, read, write};

/// Why the list and the database could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The database.
    #[error("who was erased could not be looked up")]
    Refused(Refusal),
    /// The list.
    #[error("the list of who was erased: {0}")]
    List(#[from] io::Error),
}

/// Erases again who is back, and lists who was erased since; answers how many were back.
pub(super) async fn pass(app: &App) -> usize {
    match erase_again(app).await {
        Ok(back) => back,
        Err(error) => {
            metrics::counter!("birgemiz_erased_list_failures_total").increment(1);
            tracing::warn!(%error, "it is tried again");
            0
        }
    }
}

/// The same before anything is served.
///
/// # Errors
/// When it cannot be known who is back.
pub async fn erase_again(app: &App) -> Result<usize, NotKept> {
    let file = list_in(&app.audit_folder);
    let reading = file.clone();
    let listed = blocking(app, move || read(&reading)).await?;
    let back = back_among(app, &listed).await.map_err(NotKept::Refused)?;
    for household in &back {
        let erasing = EraseHousehold { household: *household, cause: ErasureCause::Restored };
        match perform_as_system(app, erasing).await {
            // Another server was faster.
            Err(refusal) if refusal.code == Code::WrongState => {}
            done => drop(done.map_err(NotKept::Refused)?),
        }
    }
    if !back.is_empty() {
        tracing::warn!(households = back.len(), "erased again: they were back, by a restored backup");
        app.wakeup.ring();
    }
    let erased = all_erased(app).await.map_err(NotKept::Refused)?;
    let all: BTreeSet<HouseholdId> = listed.iter().copied().chain(erased).collect();
    if all != listed {
        blocking(app, move || write(&file, &all)).await?;
    }
    Ok(back.len())
}

async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    app.runtime.spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
