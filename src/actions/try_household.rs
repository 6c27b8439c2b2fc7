//! A household is registered, or that is tried. Who only tries is told nothing of the neighbourhood: how coarse a coarse
//! point is tells how many live around it, and what is tried leaves no trace of whoever asks for many places.

use domain::place::coarse_point;

use super::perform::Run;
use super::register_household::RegisterHousehold;
use super::{Action, Refusal};
use crate::storage::tables::households::HouseholdRow;
use crate::storage::tables::settings;
use crate::storage::{StorageError, Unit};

/// Register a household, or try to.
#[derive(Clone)]
pub struct TryHousehold {
    /// The household.
    pub household: RegisterHousehold,
    /// Whether it is meant.
    pub run: Run,
}

impl Action for TryHousehold {
    type Done = HouseholdRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HouseholdRow, Refusal> {
        let row = self.household.run(unit).await?;
        match self.run {
            Run::ForReal => Ok(row),
            Run::Dry => placed_in_its_area(unit, row).await,
        }
    }
}

/// The household as if nobody else lived around it: its point is that of its area.
async fn placed_in_its_area(unit: &mut Unit<'_>, row: HouseholdRow) -> Result<HouseholdRow, Refusal> {
    let setting = settings::find(unit, row.organisation(), row.area()).await?;
    let setting =
        setting.ok_or_else(|| StorageError::Impossible("a household's area is not there".to_owned()))?;
    let point = coarse_point(setting.centre, setting.policy.coarse_k, |_| 0, setting.centre);
    let (coarse_lat, coarse_lon) = (point.position().lat(), point.position().lon());
    Ok(HouseholdRow { coarse_lat, coarse_lon, coarse_cell: None, ..row })
}
