//! Keeps where volunteers are who told it to this process: the last place of each, many by one statement.

use super::{Action, Refusal, perform_as_system};
use crate::app::App;
use crate::storage::Unit;
use crate::storage::tables::positions::{self, Told};

/// Places that are kept by one statement: some 50 ms of work, so that no transaction outlasts what those who read
/// by its time allow for.
const MOST: usize = 10_000;

/// Keep these places.
#[derive(Clone)]
struct KeepPositions {
    told: Vec<Told>,
}

impl Action for KeepPositions {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        Ok(positions::keep(unit, &self.told).await?)
    }
}

/// Keeps whatever was told and is not kept yet. What cannot be kept now waits on, for the next time.
///
/// # Errors
/// When the database fails.
pub async fn keep_positions(app: &App) -> Result<usize, Refusal> {
    let mut waiting = app.fleet.reports_to_keep();
    let mut kept = 0;
    // In one order, so that two processes that keep the same volunteers do not wait for each other in turn.
    waiting.sort_unstable_by_key(|report| report.volunteer);
    let mut groups = waiting.chunks(MOST);
    while let Some(group) = groups.next() {
        let told = group
            .iter()
            .map(|report| Told {
                volunteer: report.volunteer,
                sighting: report.sighting,
                accuracy_m: report.accuracy_m,
            })
            .collect();
        match perform_as_system(app, KeepPositions { told }).await {
            Ok(_) => kept += group.len(),
            Err(refusal) => {
                app.fleet.keep_later(group);
                groups.for_each(|group| app.fleet.keep_later(group));
                return Err(refusal);
            }
        }
    }
    Ok(kept)
}

/// Keeps what is left at the end. Answers how many places are lost with this process.
pub async fn keep_the_last_positions(app: &App) -> usize {
    match keep_positions(app).await {
        Ok(_) => 0,
        Err(Refusal { code, cause, .. }) => {
            let (lost, _) = app.fleet.reports_waiting();
            tracing::error!(%code, ?cause, lost, "the last positions could not be kept");
            lost
        }
    }
}
