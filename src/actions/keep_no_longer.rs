//! What is private is deleted once it has been kept for as long as its campaign's policy says.

use domain::id::HouseholdId;
use uuid::Uuid;

use super::{Action, Call, Refusal, read};
use crate::app::App;
use crate::storage::Unit;
use crate::storage::tables::retention;
pub use crate::storage::tables::retention::Kept;

/// The most rows that are deleted in one unit of work.
pub const MOST: usize = 500;

/// How many households are looked for at once. Each is erased by itself.
const HOUSEHOLDS: i64 = 100;

/// Delete some of what is due, at most [`MOST`] rows; answers how many. Fewer than that: nothing else is due.
#[derive(Debug, Clone, Copy)]
pub struct KeepNoLonger {
    /// What.
    pub kept: Kept,
}

impl Action for KeepNoLonger {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        Ok(retention::delete_some(unit, self.kept, i64::try_from(MOST).unwrap_or(i64::MAX)).await?)
    }
}

/// Some households after one id that are due to be erased.
///
/// # Errors
/// When the database fails.
pub async fn households_to_erase(app: &App, after: Uuid) -> Result<Vec<HouseholdId>, Refusal> {
    read(
        app,
        &Call::by_system(),
        async |unit| Ok(retention::households_after(unit, after, HOUSEHOLDS).await?),
    )
    .await
}
