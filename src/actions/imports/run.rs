//! One process's work on one import, from wherever it stands to its end.

use std::sync::Arc;

use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::{ImportStatus, SheetKind};
use uuid::Uuid;

use super::ahead::{Ahead, judged};
use super::ground::Ground;
use super::judge::{Judged, Told};
use super::memory::Memory;
use super::rows::{EnterRows, Mode};
use super::stage::Stage;
use super::step::{BeginWriting, End, FindRemaining, Hold, Leave, ReadGround, Take};
use super::write::FindHeld;
use crate::actions::{Call, Refusal, perform_as_system, perform_for};
use crate::app::App;
use crate::storage::tables::imports::ImportRow;

/// How many cells are asked for at once.
const CELLS: usize = 500;

/// Whether a runner goes on after a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// It goes on.
    On,
    /// It leaves the rest to others: this process is stopping.
    Stop,
}

/// Hears of each part that is done, and says whether to go on.
type Tell<'a> = &'a (dyn Fn(&ImportRow) -> Going + Send + Sync);

/// What became of a try to work.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// There was nothing to do.
    Idle,
    /// An import came to its end.
    Ended(Box<ImportRow>),
    /// It is not this process's any more: another has taken it over, or may.
    Lost,
}

/// Takes the oldest import that waits, or only this one, and works on it to its end. `tell` hears of each part.
///
/// # Errors
/// When it could not go on; whoever takes it next goes on from the last part that was done.
pub async fn run_next(
    app: &App,
    runner: Uuid,
    only: Option<ImportId>,
    tell: Tell<'_>,
) -> Result<Outcome, Refusal> {
    let Some(job) = perform_as_system(app, Take { runner, only }).await? else {
        return Ok(Outcome::Idle);
    };
    let _ = tell(&job);
    let import = job.import();
    match work(app, runner, job, tell).await {
        Err(refusal) if refusal.code != Code::Overloaded => {
            tracing::error!(%import, code = %refusal.code, cause = ?refusal.cause, "an import is broken off");
            let failure = Some(reason(&refusal));
            let ended = perform_as_system(app, End { runner, import, failure }).await?;
            Ok(ended.map_or(Outcome::Lost, |row| Outcome::Ended(Box::new(row))))
        }
        other => other,
    }
}

fn reason(refusal: &Refusal) -> String {
    if matches!(refusal.code, Code::Unauthenticated | Code::Forbidden) {
        return "who brought the file may not import it any more; somebody else must bring it".to_owned();
    }
    refusal.detail.as_ref().map_or_else(|| refusal.code.to_string(), ToString::to_string)
}

async fn work(app: &App, runner: Uuid, job: ImportRow, tell: Tell<'_>) -> Result<Outcome, Refusal> {
    let call = Call::of(job.caller()?, job.import().to_string());
    let ground = Arc::new(perform_as_system(app, ReadGround { job: job.clone() }).await?);
    let stage = Stage::open(app).await?;
    let resumed_writing = job.status()? == ImportStatus::Writing;
    let mut run =
        Run { app, runner, call, ground, stage, memory: Memory::default(), job, tell, resumed_writing };
    if !run.remember().await? {
        return Ok(Outcome::Lost);
    }
    run.complete().await
}

/// One process's work on one import: what it is by, and how far it is.
pub(super) struct Run<'a> {
    pub(super) app: &'a App,
    pub(super) runner: Uuid,
    pub(super) call: Call,
    pub(super) ground: Arc<Ground>,
    pub(super) stage: Stage,
    pub(super) memory: Memory,
    pub(super) job: ImportRow,
    pub(super) tell: Tell<'a>,
    /// Others may have registered households since this file was checked.
    pub(super) resumed_writing: bool,
}

impl Run<'_> {
    async fn complete(&mut self) -> Result<Outcome, Refusal> {
        if self.job.status()? == ImportStatus::Checking {
            if !self.check_all().await? {
                return Ok(Outcome::Lost);
            }
            if self.job.dry_run {
                return self.end().await;
            }
            if !self.begin_writing().await? {
                return Ok(Outcome::Lost);
            }
        }
        if self.write_all().await? { self.end().await } else { Ok(Outcome::Lost) }
    }

    /// Makes the memory of an interrupted run again. False when another has taken over.
    async fn remember(&mut self) -> Result<bool, Refusal> {
        let written_later = self.is_of_households() && self.resumed_writing;
        let import = self.job.import();
        let parts = if written_later {
            perform_as_system(self.app, FindRemaining { import }).await?
        } else {
            (0..self.job.parts_done).collect()
        };
        for part in parts {
            let judged = judged(self.app, &self.ground, import, part).await?;
            for good in &judged.good {
                match &good.told {
                    Told::Household(household) if written_later => self.memory.count(household),
                    Told::Household(_)
                    | Told::Volunteer(_)
                    | Told::Request(_)
                    | Told::Hub(_)
                    | Told::Item(_) => {
                        self.memory.keep(good);
                    }
                }
            }
            let hold = Hold { runner: self.runner, import };
            if perform_as_system(self.app, hold).await?.is_none() {
                return Ok(false);
            }
        }
        if written_later {
            self.draw().await?;
        }
        Ok(true)
    }

    pub(super) fn is_of_households(&self) -> bool {
        self.ground.kind == SheetKind::Households
    }

    /// The parts from the first that is not dealt with, judged ahead.
    pub(super) fn ahead(&self) -> Ahead {
        let parts = self.job.parts_done..self.job.parts;
        Ahead::through(self.app, &self.ground, self.job.import(), parts)
    }

    async fn begin_writing(&mut self) -> Result<bool, Refusal> {
        self.draw().await?;
        let begin = BeginWriting { runner: self.runner, import: self.job.import() };
        let begun = perform_as_system(self.app, begin).await?;
        self.told(begun).await
    }

    /// Tells where every household is seen from afar. Where the file alone has too few in a cell, those who live
    /// there already count too.
    async fn draw(&mut self) -> Result<(), Refusal> {
        for (area, cells) in self.memory.scarce(&self.ground) {
            let most = self.ground.setting(area).map_or(0, |setting| setting.policy.coarse_k);
            for cells in cells.chunks(CELLS) {
                let asked = FindHeld { area, cells: cells.to_vec(), most };
                for held in perform_as_system(self.app, asked).await? {
                    self.memory.add_held(area, held.cell, held.households, held.buildings);
                }
            }
        }
        self.stage.tell_coarse_points(&self.job, &self.memory.draw(&self.ground)).await
    }

    pub(super) async fn enter_rows(
        &self,
        part: i32,
        judged: Judged,
        mode: Mode,
    ) -> Result<Option<ImportRow>, Refusal> {
        let enter = EnterRows {
            runner: self.runner,
            import: self.job.import(),
            part,
            judged: Arc::new(judged),
            ground: Arc::clone(&self.ground),
            keys: Arc::clone(&self.app.keys),
            mode,
        };
        perform_for(self.app, &self.call, enter).await
    }

    /// Goes on from where the import stands now. False when it is not ours any more.
    pub(super) async fn told(&mut self, done: Option<ImportRow>) -> Result<bool, Refusal> {
        let Some(job) = done else { return Ok(false) };
        self.job = job;
        match (self.tell)(&self.job) {
            Going::On => Ok(true),
            Going::Stop => {
                self.leave().await?;
                Ok(false)
            }
        }
    }

    /// Leaves it to whoever takes it next, at once.
    pub(super) async fn leave(&self) -> Result<(), Refusal> {
        perform_as_system(self.app, Leave { runner: self.runner, import: self.job.import() }).await
    }

    async fn end(&mut self) -> Result<Outcome, Refusal> {
        let end = End { runner: self.runner, import: self.job.import(), failure: None };
        let ended = perform_as_system(self.app, end).await?;
        Ok(ended.map_or(Outcome::Lost, |row| Outcome::Ended(Box::new(row))))
    }
}
