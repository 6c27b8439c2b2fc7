//! Volunteers, requests, hubs and items of a part are taken in one by one, each by the action that enters
//! it when it comes alone: a row that is refused costs itself only.

use std::sync::Arc;

use domain::actor::Actor;
use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::{SheetHub, SheetItem, SheetVolunteer};
use domain::volunteer::VolunteerStatus;
use uuid::Uuid;

use super::fault_of::fault_of;
use super::ground::Ground;
use super::judge::{Judged, Told};
use super::request_rows;
use crate::actions::create_hub::CreateHub;
use crate::actions::create_item::CreateItem;
use crate::actions::enter_volunteer::{self, Newcomer};
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::savepoint::Mark;
use crate::storage::tables::import_faults::{self, Refused};
use crate::storage::tables::imports::{self, ImportRow, Progress};
use crate::storage::tables::volunteers::Abilities;

/// Whether what is done stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It stays.
    Enter,
    /// It is undone again; only what was refused is kept.
    Rehearse,
}

/// Take the rows of a part in.
#[derive(Clone)]
pub(super) struct EnterRows {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
    pub(super) part: i32,
    pub(super) judged: Arc<Judged>,
    pub(super) ground: Arc<Ground>,
    pub(super) keys: Arc<Keys>,
    pub(super) mode: Mode,
}

impl Action for EnterRows {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        let held = imports::hold(unit, self.runner, self.import).await?;
        let Some(job) = held.filter(|job| job.parts_done == self.part) else { return Ok(None) };
        let mut refused = self.judged.refused.clone();
        Mark::Rows.set(unit).await?;
        let mut taken = 0_i64;
        for good in &self.judged.good {
            Mark::Row.set(unit).await?;
            match self.enter(unit, &job, &good.told).await {
                Ok(()) => {
                    Mark::Row.keep(unit).await?;
                    taken += 1;
                }
                Err(refusal) => {
                    let fault = fault_of(self.ground.kind, refusal)?;
                    Mark::Row.undo(unit).await?;
                    refused.push(Refused { row: good.row, line: good.line, faults: vec![fault] });
                }
            }
        }
        match self.mode {
            Mode::Enter => Mark::Rows.keep(unit).await?,
            Mode::Rehearse => {
                Mark::Rows.undo(unit).await?;
                taken = 0;
            }
        }
        import_faults::insert(unit, (job.organisation(), self.import), &refused).await?;
        let count = i64::try_from(refused.len()).unwrap_or(i64::MAX);
        let progress = Progress { rows: self.judged.rows, taken, refused: count };
        Ok(Some(imports::advance(unit, self.import, progress).await?))
    }
}

impl EnterRows {
    async fn enter(&self, unit: &mut Unit<'_>, job: &ImportRow, told: &Told) -> Result<(), Refusal> {
        match told {
            Told::Volunteer(volunteer) => enter_a_volunteer(unit, job, volunteer.clone()).await,
            Told::Request(request) => {
                request_rows::file(unit, job, &self.ground, &self.keys, request.clone()).await
            }
            Told::Hub(hub) => enter_hub(unit, job, hub.clone()).await,
            Told::Item(item) => enter_item(unit, job, item.clone()).await,
            // Households are staged and taken in together.
            Told::Household(_) => Err(Code::Internal.into()),
        }
    }
}

async fn enter_a_volunteer(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    told: SheetVolunteer,
) -> Result<(), Refusal> {
    match &unit.actor {
        Actor::Coordinator { organisation, .. } if *organisation == job.organisation() => {}
        Actor::System => {}
        Actor::Coordinator { .. }
        | Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::Nobody => return Err(Code::Forbidden.into()),
    }
    let newcomer = Newcomer {
        organisation: job.organisation(),
        area: told.area,
        name: told.name,
        email: told.email,
        password_hash: None,
        status: if job.verified { VolunteerStatus::Approved } else { VolunteerStatus::Registered },
        abilities: Abilities {
            transport: told.transport,
            capacity_g: told.capacity_g,
            capacity_ml: told.capacity_ml,
            skills: told.skills,
            languages: told.languages,
            radius_m: told.radius_m,
            base: told.base,
        },
    };
    enter_volunteer::enter(unit, newcomer, "volunteer.added").await.map(drop)
}

async fn enter_hub(unit: &mut Unit<'_>, job: &ImportRow, told: SheetHub) -> Result<(), Refusal> {
    let action = CreateHub {
        organisation: Some(job.organisation()),
        area: told.area,
        name: told.name,
        address: told.address,
        position: told.position,
        opening_hours: told.opening_hours,
    };
    action.run(unit).await.map(drop)
}

async fn enter_item(unit: &mut Unit<'_>, job: &ImportRow, told: SheetItem) -> Result<(), Refusal> {
    let campaign = job.campaign_id.map(domain::id::CampaignId::new).ok_or(Code::Internal)?;
    let action = CreateItem { campaign, name: told.name, unit: told.unit, load: told.load };
    action.run(unit).await.map(drop)
}
