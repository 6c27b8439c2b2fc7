//! Doors and notes of a release that did not seal them are sealed, some at a time.

use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::plain_doors;

/// Seal some doors, or notes where no door is left.
#[derive(Debug, Clone)]
pub struct SealSomeDoors;

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// There may be others.
    On,
    /// None is left.
    Done,
}

impl Action for SealSomeDoors {
    type Done = Going;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Going, Refusal> {
        if !plain_doors::is_any(unit).await? {
            return Ok(Going::Done);
        }
        let sealed = plain_doors::seal_some(unit).await?;
        tracing::info!(sealed, "doors and notes of the release before are sealed");
        Ok(Going::On)
    }
}
