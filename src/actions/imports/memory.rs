//! What a runner remembers of a file beyond the part at hand: who was told of already, and how many live
//! in each cell. After an interruption it is made again from the parts.

use std::collections::HashMap;

use domain::id::AreaId;
use domain::place::{Cell, CoarsePoint, coarse_cells, coarse_point};
use domain::sheet::{Fault, Reason, Seen, SheetHousehold};

use super::ground::Ground;
use super::judge::{Good, Judged, Told};

/// What a runner remembers.
#[derive(Default)]
pub(super) struct Memory {
    seen: Seen,
    counts: HashMap<(AreaId, Cell), u32>,
}

impl Memory {
    /// Refuses the rows of a part that repeat earlier ones, and remembers the others.
    pub(super) fn sift(&mut self, judged: &mut Judged) {
        let mut repeated = Vec::new();
        for good in &judged.good {
            match self.repeats(good) {
                Some(fault) => repeated.push((good.row, fault)),
                None => self.keep(good),
            }
        }
        judged.refuse(repeated);
    }

    fn repeats(&self, good: &Good) -> Option<Fault> {
        let told = |row: u64| format!("row {row}");
        let text = |column, reason, advice| {
            let row = self.seen.text(&key(&good.told)?)?;
            Some(Fault { repeats: Some(told(row)), ..Fault::of(column, reason, advice) })
        };
        match &good.told {
            Told::Household(household) => {
                self.seen.household(household).map(|(twin, row)| twin.fault(told(row)))
            }
            Told::Volunteer(_) => {
                text("email", Reason::DuplicateEmail, "this address is told already; remove one of the two")
            }
            Told::Request(_) => text(
                "external_id",
                Reason::DuplicateExternalId,
                "this external_id is told already; it must be unique",
            ),
            Told::Hub(_) | Told::Item(_) => {
                text("name", Reason::DuplicateName, "this name is told already; remove one of the two")
            }
        }
    }

    /// Remembers a row that is taken.
    pub(super) fn keep(&mut self, good: &Good) {
        if let Told::Household(household) = &good.told {
            self.seen.keep_household(household, good.row);
            self.count(household);
        } else if let Some(key) = key(&good.told) {
            self.seen.keep_text(&key, good.row);
        }
    }

    /// Counts a household into its cells.
    pub(super) fn count(&mut self, household: &SheetHousehold) {
        for cell in coarse_cells(household.door.position) {
            *self.counts.entry((household.area, cell)).or_default() += 1;
        }
    }

    /// The cells by area in which the file alone has too few to be shown.
    pub(super) fn scarce(&self, ground: &Ground) -> HashMap<AreaId, Vec<Cell>> {
        let mut scarce: HashMap<AreaId, Vec<Cell>> = HashMap::new();
        for ((area, cell), count) in &self.counts {
            if ground.setting(*area).is_some_and(|setting| *count < setting.policy.coarse_k) {
                scarce.entry(*area).or_default().push(*cell);
            }
        }
        scarce
    }

    /// Adds what a cell held before.
    pub(super) fn add_held(&mut self, area: AreaId, cell: Cell, households: u32, buildings: u32) {
        let count = self.counts.entry((area, cell)).or_default();
        *count = count.saturating_add(households).max(buildings);
    }

    /// Where the households of each finest cell are seen from afar. The point depends on nothing but the cells,
    /// so any place of that cell will do to draw it: its middle.
    pub(super) fn draw(&self, ground: &Ground) -> Vec<(AreaId, Cell, CoarsePoint)> {
        let finest = self.counts.keys().filter(|(_, cell)| cell.is_finest());
        finest
            .filter_map(|(area, cell)| {
                let setting = ground.setting(*area)?;
                let count_in = |cell| self.counts.get(&(*area, cell)).copied().unwrap_or_default();
                let point = coarse_point(cell.centre(), setting.policy.coarse_k, count_in, setting.centre);
                Some((*area, *cell, point))
            })
            .collect()
    }
}

/// By what a row may be told twice.
fn key(told: &Told) -> Option<String> {
    match told {
        Told::Household(_) => None,
        Told::Volunteer(volunteer) => Some(volunteer.email.to_lowercase()),
        Told::Request(request) => request.external_id.clone(),
        Told::Hub(hub) => Some(format!("{} {}", hub.area, hub.name)),
        Told::Item(item) => Some(item.name.clone()),
    }
}
