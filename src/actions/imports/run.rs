//! One process's work on one import, from wherever it stands to its end.

use std::sync::Arc;

use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::{ImportStatus, SheetKind};
use uuid::Uuid;

use super::check::{FindTwins, KeepFaults};
use super::ground::Ground;
use super::judge::{Judged, Told, judge};
use super::memory::Memory;
use super::rows::{EnterRows, Mode};
use super::step::{BeginWriting, End, Hold, Leave, ReadGround, ReadPart, Take};
use super::write::{EnterHouseholds, FindHeld, drawn};
use crate::actions::{Call, Refusal, perform_as_system, perform_for};
use crate::app::App;
use crate::storage::staging::Staging;
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
    let call = Call { caller: job.caller()?, call_id: job.import().to_string(), key: None };
    let ground = Arc::new(perform_as_system(app, ReadGround { job: job.clone() }).await?);
    let staging = app.database.staging().await?;
    let resumed_writing = job.status()? == ImportStatus::Writing;
    let mut run =
        Run { app, runner, call, ground, staging, memory: Memory::default(), job, tell, resumed_writing };
    if !run.remember().await? {
        return Ok(Outcome::Lost);
    }
    run.complete().await
}

struct Run<'a> {
    app: &'a App,
    runner: Uuid,
    call: Call,
    ground: Arc<Ground>,
    staging: Staging,
    memory: Memory,
    job: ImportRow,
    tell: Tell<'a>,
    /// Others may have registered households since this file was checked.
    resumed_writing: bool,
}

/// A part that is ready to be taken in.
struct Ready {
    judged: Judged,
    staged: usize,
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
        let households = self.ground.kind == SheetKind::Households;
        let written_later = households && self.resumed_writing;
        let parts = if written_later { self.job.parts_done..self.job.parts } else { 0..self.job.parts_done };
        for part in parts {
            let judged = self.judged(part).await?;
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
            let hold = Hold { runner: self.runner, import: self.job.import() };
            if perform_as_system(self.app, hold).await?.is_none() {
                return Ok(false);
            }
        }
        if written_later {
            self.count_what_was_there().await?;
        }
        Ok(true)
    }

    /// A part's rows that were not found at fault before.
    async fn judged(&self, part: i32) -> Result<Judged, Refusal> {
        let (part, known) = perform_as_system(self.app, ReadPart { import: self.job.import(), part }).await?;
        Ok(judge(&self.ground, part).await?.without(&known))
    }

    async fn check_all(&mut self) -> Result<bool, Refusal> {
        let mut next = self.judged_if_any(self.job.parts_done).await?;
        while let Some(mut judged) = next {
            let part = self.job.parts_done;
            if self.ground.kind == SheetKind::Households {
                let twins = perform_as_system(self.app, FindTwins::of(&self.job, &judged)).await?;
                judged.refuse(twins);
            }
            self.memory.sift(&mut judged);
            // The next part is judged while this one is kept.
            let (done, after) = tokio::join!(self.keep_checked(part, judged), self.judged_if_any(part + 1));
            if !self.told(done?).await? {
                return Ok(false);
            }
            next = after?;
        }
        Ok(true)
    }

    async fn judged_if_any(&self, part: i32) -> Result<Option<Judged>, Refusal> {
        if part < self.job.parts { self.judged(part).await.map(Some) } else { Ok(None) }
    }

    async fn keep_checked(&self, part: i32, judged: Judged) -> Result<Option<ImportRow>, Refusal> {
        if self.ground.kind != SheetKind::Households {
            return self.enter_rows(part, judged, Mode::Rehearse).await;
        }
        let keep = KeepFaults {
            runner: self.runner,
            import: self.job.import(),
            part,
            rows: judged.rows,
            refused: Arc::new(judged.refused),
        };
        perform_as_system(self.app, keep).await
    }

    async fn begin_writing(&mut self) -> Result<bool, Refusal> {
        self.count_what_was_there().await?;
        let begin = BeginWriting { runner: self.runner, import: self.job.import() };
        let begun = perform_as_system(self.app, begin).await?;
        self.told(begun).await
    }

    /// Where the file alone has too few in a cell, those who live there already count too.
    async fn count_what_was_there(&mut self) -> Result<(), Refusal> {
        for (area, cells) in self.memory.scarce(&self.ground) {
            let most = self.ground.setting(area).map_or(0, |setting| setting.policy.coarse_k);
            for cells in cells.chunks(CELLS) {
                let asked = FindHeld { area, cells: cells.to_vec(), most };
                for held in perform_as_system(self.app, asked).await? {
                    self.memory.add_held(area, held.cell, held.households, held.buildings);
                }
            }
        }
        Ok(())
    }

    async fn write_all(&mut self) -> Result<bool, Refusal> {
        if self.ground.kind != SheetKind::Households {
            return self.write_rows().await;
        }
        let mut next = self.ready_if_any(self.job.parts_done).await?;
        while let Some(ready) = next {
            let part = self.job.parts_done;
            // The next part is judged and staged while this one is taken in.
            let (done, after) = tokio::join!(self.enter_households(part, ready), self.ready_if_any(part + 1));
            if !self.told(done?).await? {
                return Ok(false);
            }
            self.app.wakeup.ring();
            next = after?;
        }
        Ok(true)
    }

    async fn ready_if_any(&self, part: i32) -> Result<Option<Ready>, Refusal> {
        let Some(mut judged) = self.judged_if_any(part).await? else { return Ok(None) };
        if self.resumed_writing {
            let twins = perform_as_system(self.app, FindTwins::of(&self.job, &judged)).await?;
            judged.refuse(twins);
        }
        let staged = drawn(&self.job, &self.ground, &self.memory, &judged)?;
        let place = (self.job.organisation(), self.job.import(), part);
        self.staging.stage(place, &staged).await?;
        Ok(Some(Ready { judged, staged: staged.len() }))
    }

    async fn enter_households(&self, part: i32, ready: Ready) -> Result<Option<ImportRow>, Refusal> {
        let enter = EnterHouseholds {
            runner: self.runner,
            import: self.job.import(),
            part,
            rows: ready.judged.rows,
            staged: ready.staged,
            refused: Arc::new(ready.judged.refused),
        };
        perform_for(self.app, &self.call, enter).await
    }

    async fn write_rows(&mut self) -> Result<bool, Refusal> {
        while let Some(mut judged) = self.judged_if_any(self.job.parts_done).await? {
            self.memory.sift(&mut judged);
            let done = self.enter_rows(self.job.parts_done, judged, Mode::Enter).await?;
            if !self.told(done).await? {
                return Ok(false);
            }
            self.app.wakeup.ring();
        }
        Ok(true)
    }

    async fn enter_rows(&self, part: i32, judged: Judged, mode: Mode) -> Result<Option<ImportRow>, Refusal> {
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
    async fn told(&mut self, done: Option<ImportRow>) -> Result<bool, Refusal> {
        let Some(job) = done else { return Ok(false) };
        self.job = job;
        match (self.tell)(&self.job) {
            Going::On => Ok(true),
            Going::Stop => {
                let leave = Leave { runner: self.runner, import: self.job.import() };
                perform_as_system(self.app, leave).await?;
                Ok(false)
            }
        }
    }

    async fn end(&mut self) -> Result<Outcome, Refusal> {
        let end = End { runner: self.runner, import: self.job.import(), failure: None };
        let ended = perform_as_system(self.app, end).await?;
        Ok(ended.map_or(Outcome::Lost, |row| Outcome::Ended(Box::new(row))))
    }
}
