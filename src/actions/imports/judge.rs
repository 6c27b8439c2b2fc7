//! A part's rows are judged, away from the threads that answer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::refusal::Code;
use domain::sheet::{
    Fault, Part, Row, SheetHousehold, SheetHub, SheetItem, SheetKind, SheetRequest, SheetVolunteer, rows,
};

use super::ground::Ground;
use crate::actions::Refusal;
use crate::storage::tables::import_faults::Refused;

/// What a row tells.
#[derive(Clone)]
pub(super) enum Told {
    Household(Box<SheetHousehold>),
    Volunteer(SheetVolunteer),
    Request(SheetRequest),
    Hub(SheetHub),
    Item(SheetItem),
}

/// A good row.
#[derive(Clone)]
pub(super) struct Good {
    pub(super) row: u64,
    pub(super) line: u64,
    pub(super) told: Told,
}

/// A part, judged.
#[derive(Clone, Default)]
pub(super) struct Judged {
    /// How many rows there were, empty ones included.
    pub(super) rows: i64,
    pub(super) good: Vec<Good>,
    pub(super) refused: Vec<Refused>,
}

/// Judges a part.
pub(super) async fn judge(ground: &Arc<Ground>, part: Part) -> Result<Judged, Refusal> {
    let ground = Arc::clone(ground);
    tokio::task::spawn_blocking(move || judge_now(&ground, &part))
        .await
        .map_err(|_| Refusal::because(Code::Internal, "the judging broke off"))
}

fn judge_now(ground: &Ground, part: &Part) -> Judged {
    let mut judged = Judged { rows: i64::try_from(part.rows).unwrap_or(i64::MAX), ..Judged::default() };
    for placed in rows(&ground.header, &part.bytes, (part.first_row, part.first_line)) {
        let told = placed.found.map_err(|fault| vec![fault]).and_then(|row| told(ground, &row));
        let (row, line) = (placed.row, placed.line);
        match told {
            Ok(told) => judged.good.push(Good { row, line, told }),
            Err(faults) => judged.refused.push(Refused { row, line, faults }),
        }
    }
    judged
}

fn told(ground: &Ground, row: &Row<'_>) -> Result<Told, Vec<Fault>> {
    let grounds = ground.grounds();
    match ground.kind {
        SheetKind::Households => {
            SheetHousehold::judge(row, &grounds).map(|told| Told::Household(Box::new(told)))
        }
        SheetKind::Volunteers => SheetVolunteer::judge(row, &grounds).map(Told::Volunteer),
        SheetKind::Requests => SheetRequest::judge(row).map(Told::Request),
        SheetKind::Hubs => SheetHub::judge(row, &grounds).map(Told::Hub),
        SheetKind::Items => SheetItem::judge(row).map(Told::Item),
    }
}

impl Judged {
    /// Only what was not found at fault before: its rows are known.
    pub(super) fn without(mut self, known: &[u64]) -> Self {
        let known: HashSet<u64> = known.iter().copied().collect();
        self.good.retain(|good| !known.contains(&good.row));
        self.refused.retain(|refused| !known.contains(&refused.row));
        self
    }

    /// Moves good rows to the refused, each with its fault.
    pub(super) fn refuse(&mut self, found: impl IntoIterator<Item = (u64, Fault)>) {
        let mut found: HashMap<u64, Fault> = found.into_iter().collect();
        if found.is_empty() {
            return;
        }
        let good = std::mem::take(&mut self.good);
        for good in good {
            match found.remove(&good.row) {
                Some(fault) => {
                    self.refused.push(Refused { row: good.row, line: good.line, faults: vec![fault] });
                }
                None => self.good.push(good),
            }
        }
    }
}
