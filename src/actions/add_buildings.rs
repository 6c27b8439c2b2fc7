//! Buildings are counted into an area's cells, so that coarse points are drawn small where many live.

use std::collections::BTreeMap;

use domain::id::AreaId;
use domain::place::{Cell, Position, coarse_cells};

use super::{Action, Refusal, permission};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::areas;

/// The most buildings of one call.
pub const MOST: usize = 10_000;

/// Count buildings into an area's cells. Doing it twice counts them twice.
#[derive(Clone)]
pub struct AddBuildings {
    /// Which area.
    pub area: AreaId,
    /// Where the buildings are.
    pub positions: Vec<Position>,
}

/// What was counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// How many buildings.
    pub buildings: usize,
    /// Into how many cells, of all sizes.
    pub cells: usize,
}

impl Action for AddBuildings {
    type Done = Counted;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Counted, Refusal> {
        permission::administrator(&unit.actor)?;
        let row = areas::find(unit, self.area).await?.ok_or_else(Refusal::not_found)?;
        if self.positions.is_empty() || self.positions.len() > MOST {
            return Err(Refusal::flaw("/positions", format!("1 to {MOST} positions")));
        }
        let mut counts: BTreeMap<Cell, u32> = BTreeMap::new();
        for cell in self.positions.iter().copied().flat_map(coarse_cells) {
            *counts.entry(cell).or_default() += 1;
        }
        let cells = areas::add_buildings(unit, self.area, &counts).await?;
        let added = Event {
            organisation: Some(row.organisation()),
            area: Some(row.area()),
            ..Event::about("area.buildings_added", "area", row.id)
        };
        events::append(unit, &[added]).await?;
        Ok(Counted { buildings: self.positions.len(), cells })
    }
}
