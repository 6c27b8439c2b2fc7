//! Volunteers and requests of a part are taken in together; hubs and items, of which there are few, one by one, each by the action that
//! enters it when it comes alone. A row that is refused costs itself only.

use std::sync::Arc;

use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::{SheetHub, SheetItem, SheetKind};
use uuid::Uuid;

use super::fault_of::fault_of;
use super::ground::Ground;
use super::judge::{Judged, Told};
use super::request_rows::Desk;
use super::volunteer_rows;
use crate::actions::create_hub::CreateHub;
use crate::actions::create_item::CreateItem;
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::savepoint::Mark;
use crate::storage::tables::import_faults::{self, Refused};
use crate::storage::tables::imports::{self, ImportRow, Progress};

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
        let (mut taken, late) = match self.together(unit, &job).await? {
            Some(done) => done,
            None => self.one_by_one(unit, &job).await?,
        };
        refused.extend(late);
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
    /// The same as one by one, where rows of this kind can be entered together; none where they cannot.
    async fn together(
        &self,
        unit: &mut Unit<'_>,
        job: &ImportRow,
    ) -> Result<Option<(i64, Vec<Refused>)>, Refusal> {
        Mark::Row.set(unit).await?;
        let done = match self.ground.kind {
            SheetKind::Requests => self.desk(job).file(unit, &self.judged.good).await?,
            SheetKind::Volunteers => volunteer_rows::enter(unit, job, &self.judged.good).await?,
            SheetKind::Households | SheetKind::Hubs | SheetKind::Items => None,
        };
        match done {
            Some(_) => Mark::Row.keep(unit).await?,
            None => Mark::Row.undo(unit).await?,
        }
        Ok(done)
    }

    fn desk<'a>(&'a self, job: &'a ImportRow) -> Desk<'a> {
        Desk { job, ground: &self.ground, keys: &self.keys }
    }

    /// How many rows were taken in, and those that were refused.
    async fn one_by_one(&self, unit: &mut Unit<'_>, job: &ImportRow) -> Result<(i64, Vec<Refused>), Refusal> {
        let (mut taken, mut refused) = (0, Vec::new());
        for good in &self.judged.good {
            Mark::Row.set(unit).await?;
            match self.enter(unit, job, &good.told).await {
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
        Ok((taken, refused))
    }

    async fn enter(&self, unit: &mut Unit<'_>, job: &ImportRow, told: &Told) -> Result<(), Refusal> {
        match told {
            Told::Request(request) => self.desk(job).file_alone(unit, request).await,
            Told::Hub(hub) => enter_hub(unit, job, hub.clone()).await,
            Told::Item(item) => enter_item(unit, job, item.clone()).await,
            Told::Volunteer(volunteer) => volunteer_rows::enter_alone(unit, job, volunteer.clone()).await,
            // Households are staged and taken in together.
            Told::Household(_) => Err(Code::Internal.into()),
        }
    }
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
