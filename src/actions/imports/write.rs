//! Households of a part are staged and taken in.

use chrono::NaiveTime;
use domain::actor::Actor;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, HouseholdId, ImportId};
use domain::place::{Cell, coarse_cells};
use domain::refusal::Code;
use domain::sheet::SheetHousehold;
use uuid::Uuid;

use super::judge::{Good, Told};
use super::stage::Staged;
use crate::actions::register_household::{REGISTERED, changes_of_registering};
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::storage::staging::StagedHousehold;
use crate::storage::tables::import_households::{self, Held};
use crate::storage::tables::imports::{self, ImportRow, Progress};
use crate::storage::tables::{import_faults, import_parts};
use crate::storage::{StorageError, Unit};

/// In which status households of this import begin.
const fn first_status(job: &ImportRow) -> HouseholdStatus {
    if job.verified { HouseholdStatus::Verified } else { HouseholdStatus::PendingVerification }
}

/// The households of a part as they are staged.
pub(super) fn to_be_staged(job: &ImportRow, good: &[Good]) -> Result<Vec<StagedHousehold>, Refusal> {
    let status = first_status(job);
    let households = good.iter().filter_map(|good| match &good.told {
        Told::Household(household) => Some(household),
        Told::Volunteer(_) | Told::Request(_) | Told::Hub(_) | Told::Item(_) => None,
    });
    households.map(|household| staged(household, status)).collect()
}

fn staged(told: &SheetHousehold, status: HouseholdStatus) -> Result<StagedHousehold, Refusal> {
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
        door: told.door.clone(),
        cells: coarse_cells(told.door.position),
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
    pub(super) staged: Staged,
}

impl Action for EnterHouseholds {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        // Others of this runner take other parts in meanwhile, so the import itself is held only at the end.
        if !import_parts::use_up(unit, self.import, self.part).await? {
            return Ok(None);
        }
        let Some(job) = imports::find(unit, self.import).await? else { return Ok(None) };
        may_register(&unit.actor, &job)?;
        let of = (self.import, self.part);
        let entered = import_households::enter(unit, of, first_status(&job), REGISTERED).await?;
        let Staged { rows, households, refused } = self.staged;
        if entered != households {
            // The database was restarted in between, and what was staged is gone.
            return Err(StorageError::Repeat.into());
        }
        import_faults::insert(unit, (job.organisation(), self.import), &refused).await?;
        if imports::hold(unit, self.runner, self.import).await?.is_none() {
            return Err(taken_over());
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let progress = Progress { rows, taken: count(entered), refused: count(refused.len()) };
        Ok(Some(imports::advance(unit, self.import, progress).await?))
    }
}

/// Nothing of this part is kept: whoever has the import now takes it in.
fn taken_over() -> Refusal {
    Refusal::because(Code::Overloaded, "another process has taken the import over")
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
