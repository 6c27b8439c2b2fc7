//! Households of a part are drawn, staged and taken in.

use std::sync::Arc;

use chrono::NaiveTime;
use domain::actor::Actor;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, HouseholdId, ImportId};
use domain::place::Cell;
use domain::refusal::Code;
use domain::sheet::SheetHousehold;
use uuid::Uuid;

use super::ground::Ground;
use super::judge::{Judged, Told};
use super::memory::Memory;
use crate::actions::register_household::{REGISTERED, changes_of_registering};
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::storage::staging::StagedHousehold;
use crate::storage::tables::import_faults::{self, Refused};
use crate::storage::tables::import_households::{self, Held};
use crate::storage::tables::imports::{self, ImportRow, Progress};
use crate::storage::{StorageError, Unit};

/// In which status households of this import begin.
const fn first_status(job: &ImportRow) -> HouseholdStatus {
    if job.verified { HouseholdStatus::Verified } else { HouseholdStatus::PendingVerification }
}

/// The households of a part as they are staged, each drawn where everybody may see it.
pub(super) fn drawn(
    job: &ImportRow,
    ground: &Ground,
    memory: &Memory,
    judged: &Judged,
) -> Result<Vec<StagedHousehold>, Refusal> {
    let status = first_status(job);
    let households = judged.good.iter().filter_map(|good| match &good.told {
        Told::Household(household) => Some(household),
        Told::Volunteer(_) | Told::Request(_) | Told::Hub(_) | Told::Item(_) => None,
    });
    households.map(|household| staged(household, status, ground, memory)).collect()
}

fn staged(
    told: &SheetHousehold,
    status: HouseholdStatus,
    ground: &Ground,
    memory: &Memory,
) -> Result<StagedHousehold, Refusal> {
    let impossible = |what: &str| StorageError::Impossible(what.to_owned());
    let (coarse, cells) = memory.draw(ground, told).ok_or_else(|| impossible("a row outside its areas"))?;
    let id = HouseholdId::new(clock::new_id());
    let changes = serde_json::to_value(changes_of_registering(id, status))
        .map_err(|error| StorageError::Impossible(error.to_string()))?;
    Ok(StagedHousehold {
        id,
        event: clock::new_id(),
        area: told.area,
        external_id: told.external_id.clone(),
        members: i32::try_from(told.members).unwrap_or(i32::MAX),
        categories: told.categories.iter().map(|category| category.as_str()).collect(),
        languages: told.languages.clone(),
        coarse,
        door: told.door.clone(),
        cells,
        consent: [told.consent_text.clone(), told.consent_language.clone(), told.consent_channel.to_owned()],
        consent_at: told.consent_on.map(|day| day.and_time(NaiveTime::MIN).and_utc()),
        changes,
    })
}

/// Ask what cells hold already.
#[derive(Clone)]
pub(super) struct FindHeld {
    pub(super) area: AreaId,
    pub(super) cells: Vec<Cell>,
    pub(super) most: u32,
}

impl Action for FindHeld {
    type Done = Vec<Held>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<Held>, Refusal> {
        Ok(import_households::held_by(unit, self.area, &self.cells, self.most).await?)
    }
}

/// Take the staged households of a part in.
#[derive(Clone)]
pub(super) struct EnterHouseholds {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
    pub(super) part: i32,
    pub(super) rows: i64,
    /// How many were staged.
    pub(super) staged: usize,
    /// Rows that were found at fault only now.
    pub(super) refused: Arc<Vec<Refused>>,
}

impl Action for EnterHouseholds {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        let held = imports::hold(unit, self.runner, self.import).await?;
        let Some(job) = held.filter(|job| job.parts_done == self.part) else { return Ok(None) };
        may_register(&unit.actor, &job)?;
        let staged = (self.import, self.part);
        let entered = import_households::enter(unit, staged, first_status(&job), REGISTERED).await?;
        if entered != self.staged {
            // The database was restarted in between, and what was staged is gone.
            return Err(StorageError::Repeat.into());
        }
        import_faults::insert(unit, (job.organisation(), self.import), &self.refused).await?;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let progress =
            Progress { rows: self.rows, taken: count(entered), refused: count(self.refused.len()) };
        Ok(Some(imports::advance(unit, self.import, progress).await?))
    }
}

fn may_register(actor: &Actor, job: &ImportRow) -> Result<(), Refusal> {
    match actor {
        Actor::Coordinator { organisation, .. } if *organisation == job.organisation() => Ok(()),
        Actor::System => Ok(()),
        Actor::Coordinator { .. }
        | Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}
