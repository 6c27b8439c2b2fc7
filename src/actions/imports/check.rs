//! A part of households is checked against what is registered, and its faults are kept.

use std::sync::Arc;

use domain::id::ImportId;
use domain::sheet::{Fault, name_key};
use uuid::Uuid;

use super::judge::{Judged, Told};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::import_faults::{self, Refused};
use crate::storage::tables::import_twins::{self, Known};
use crate::storage::tables::imports::{self, ImportRow, Progress};

/// Find which households of a part are registered already.
#[derive(Clone)]
pub(super) struct FindTwins {
    pub(super) job: ImportRow,
    /// The row of each, and by what it may be known.
    pub(super) asked: Arc<Vec<(u64, Known)>>,
}

impl FindTwins {
    pub(super) fn of(job: &ImportRow, judged: &Judged) -> Self {
        let asked = judged.good.iter().filter_map(|good| match &good.told {
            Told::Household(household) => {
                let known = Known {
                    external_id: household.external_id.clone(),
                    phone: household.door.phone.clone(),
                    name_key: name_key(&household.door.name),
                    position: household.door.position,
                };
                Some((good.row, known))
            }
            Told::Volunteer(_) | Told::Request(_) | Told::Hub(_) | Told::Item(_) => None,
        });
        Self { job: job.clone(), asked: Arc::new(asked.collect()) }
    }
}

impl Action for FindTwins {
    type Done = Vec<(u64, Fault)>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<(u64, Fault)>, Refusal> {
        let known: Vec<Known> = self.asked.iter().map(|(_, known)| known.clone()).collect();
        let twins = import_twins::find(unit, self.job.organisation(), &known).await?;
        let faults = twins.into_iter().filter_map(|(place, twin, household)| {
            let (row, _) = self.asked.get(place)?;
            Some((*row, twin.fault(household.to_string())))
        });
        Ok(faults.collect())
    }
}

/// Keep the faults of a part that is checked.
#[derive(Clone)]
pub(super) struct KeepFaults {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
    pub(super) part: i32,
    pub(super) rows: i64,
    pub(super) refused: Arc<Vec<Refused>>,
}

impl Action for KeepFaults {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        let held = imports::hold(unit, self.runner, self.import).await?;
        let Some(job) = held.filter(|job| job.parts_done == self.part) else { return Ok(None) };
        import_faults::insert(unit, (job.organisation(), self.import), &self.refused).await?;
        let refused = i64::try_from(self.refused.len()).unwrap_or(i64::MAX);
        let progress = Progress { rows: self.rows, taken: 0, refused };
        Ok(Some(imports::advance(unit, self.import, progress).await?))
    }
}
