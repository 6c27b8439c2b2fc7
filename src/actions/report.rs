//! An import's report: row by row why it was not taken, and what to do.

use domain::id::ImportId;

use super::table::Table;
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::import_faults::{self, FaultRow};
use crate::storage::views;

/// How many faults are read at once.
const PAGE: i64 = 1_000;

/// The columns of a report.
pub const COLUMNS: [&str; 6] = ["row", "line", "column", "reason", "what_to_do", "repeats"];

/// Read on in a report.
#[derive(Debug, Clone, Copy)]
pub struct ReadReport {
    /// Of which import.
    pub import: ImportId,
    /// After which row's which fault.
    pub after: (i64, i32),
}

impl ReadReport {
    /// Begin to read.
    #[must_use]
    pub const fn of(import: ImportId) -> Self {
        Self { import, after: (0, 0) }
    }
}

impl Action for ReadReport {
    type Done = (Table, Option<Self>);

    async fn run(self, unit: &mut Unit<'_>) -> Result<Self::Done, Refusal> {
        views::imports::visible(unit, self.import).await?.ok_or_else(Refusal::not_found)?;
        let faults = import_faults::list(unit, self.import, self.after, PAGE).await?;
        let mut table = Table::default();
        for fault in &faults {
            table.add(cells(fault));
        }
        let full = i64::try_from(faults.len()).is_ok_and(|count| count >= PAGE);
        let last = faults.last().filter(|_| full);
        Ok((table, last.map(|last| Self { after: (last.row, last.number), ..self })))
    }
}

fn cells(fault: &FaultRow) -> [String; 6] {
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        fault.row.to_string(),
        fault.line.to_string(),
        told(&fault.column_name),
        fault.reason.clone(),
        fault.advice.clone(),
        told(&fault.repeats),
    ]
}
