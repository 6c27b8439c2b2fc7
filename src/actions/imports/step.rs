//! The small steps between parts: an import is taken, kept, read from, moved on and ended.

use chrono::TimeDelta;
use domain::id::ImportId;
use domain::sheet::Part;
use uuid::Uuid;

use super::ground::Ground;
use super::receive::DiscardImport;
use crate::actions::{Action, Refusal, perform_as_system};
use crate::app::App;
use crate::storage::tables::imports::{self, ImportRow};
use crate::storage::tables::{import_faults, import_households, import_parts};
use crate::storage::{StorageError, Unit};

/// How long a file may stay without a new part before it is given up.
const STALLED: TimeDelta = TimeDelta::minutes(15);

/// Take an import that nobody works on.
#[derive(Clone, Copy)]
pub(super) struct Take {
    pub(super) runner: Uuid,
    pub(super) only: Option<ImportId>,
}

impl Action for Take {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        Ok(imports::take(unit, self.runner, self.only).await?)
    }
}

/// Keep it a while longer. `None` when another runner has it.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
}

impl Action for Hold {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        Ok(imports::hold(unit, self.runner, self.import).await?)
    }
}

/// Leave it to whoever takes it next, at once.
#[derive(Clone, Copy)]
pub(super) struct Leave {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
}

impl Action for Leave {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        Ok(imports::leave(unit, self.runner, self.import).await?)
    }
}

/// Read on what ground its rows are judged.
#[derive(Clone)]
pub(super) struct ReadGround {
    pub(super) job: ImportRow,
}

impl Action for ReadGround {
    type Done = Ground;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Ground, Refusal> {
        Ground::read(unit, &self.job).await
    }
}

/// Read a part, and which of its rows were found at fault.
#[derive(Clone, Copy)]
pub(super) struct ReadPart {
    pub(super) import: ImportId,
    pub(super) part: i32,
}

impl Action for ReadPart {
    type Done = (Part, Vec<u64>);

    async fn run(self, unit: &mut Unit<'_>) -> Result<(Part, Vec<u64>), Refusal> {
        let part = import_parts::find(unit, self.import, self.part)
            .await?
            .ok_or_else(|| StorageError::Impossible("a part of a file is missing".to_owned()))?;
        let refused = import_faults::refused_rows(unit, self.import, (part.first_row, part.rows)).await?;
        Ok((part, refused))
    }
}

/// Find which parts are to be taken in still.
#[derive(Clone, Copy)]
pub(super) struct FindRemaining {
    pub(super) import: ImportId,
}

impl Action for FindRemaining {
    type Done = Vec<i32>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<i32>, Refusal> {
        Ok(import_parts::remaining(unit, self.import).await?)
    }
}

/// Begin to take rows in.
#[derive(Clone, Copy)]
pub(super) struct BeginWriting {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
}

impl Action for BeginWriting {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        if imports::hold(unit, self.runner, self.import).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(imports::begin_writing(unit, self.import).await?))
    }
}

/// End it, done or broken off. Its file goes.
#[derive(Clone)]
pub(super) struct End {
    pub(super) runner: Uuid,
    pub(super) import: ImportId,
    pub(super) failure: Option<String>,
}

impl Action for End {
    type Done = Option<ImportRow>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<ImportRow>, Refusal> {
        if imports::hold(unit, self.runner, self.import).await?.is_none() {
            return Ok(None);
        }
        import_parts::forget(unit, self.import).await?;
        import_households::forget_staged(unit, self.import).await?;
        Ok(Some(imports::end(unit, self.import, self.failure.as_deref()).await?))
    }
}

/// Find the files that stopped arriving.
#[derive(Clone, Copy)]
struct Stalled;

impl Action for Stalled {
    type Done = Vec<ImportId>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Vec<ImportId>, Refusal> {
        let before = unit.now - STALLED;
        Ok(import_parts::stalled(unit, before).await?)
    }
}

/// Forgets files that stopped arriving.
///
/// # Errors
/// When the database fails.
pub async fn discard_stalled(app: &App) -> Result<(), Refusal> {
    for import in perform_as_system(app, Stalled).await? {
        perform_as_system(app, DiscardImport { import }).await?;
    }
    Ok(())
}
