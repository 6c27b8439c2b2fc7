//! A coordinator finds the door of a household of which only the district was known. Its coarse point is drawn
//! now, once; until now nobody could be sent there.

use domain::id::HouseholdId;
use domain::place::{PlusCode, Position};
use domain::refusal::Code;

use super::register_household::{check_place, draw};
use super::{Action, Refusal, change_household};
use crate::storage::events::{self, Event};
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::settings::Setting;
use crate::storage::tables::{doors, settings};
use crate::storage::{StorageError, Unit};

/// Locate a household.
#[derive(Clone)]
pub struct LocateHousehold {
    /// Which.
    pub household: HouseholdId,
    /// Where it is.
    pub at: Pin,
}

/// A place as somebody tells it.
#[derive(Clone)]
pub enum Pin {
    /// By coordinates, so many metres exact.
    Coordinates(Position, Option<f64>),
    /// By a Plus code; a short one is meant near the middle of the area.
    Code(PlusCode),
}

impl Action for LocateHousehold {
    type Done = HouseholdRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HouseholdRow, Refusal> {
        let row = change_household::owned(unit, self.household).await?;
        let setting = settings::find(unit, row.organisation(), row.area())
            .await?
            .ok_or_else(|| StorageError::Impossible("a household outside its areas".to_owned()))?;
        let position = match self.at.exactly(&setting)? {
            Some(position) => position,
            None => return Err(Refusal::flaw("/plus_code", "ten letters or more: fewer name a whole block")),
        };
        check_place(unit, &setting, position.0).await?;
        let (coarse, cells) = draw(unit, &setting, position.0).await?;
        if !doors::locate(unit, self.household, position, &cells).await? {
            return Err(Refusal::because(Code::WrongState, "the household was located already"));
        }
        households::set_coarse_point(unit, self.household, coarse).await?;
        events::append(unit, &[located(&row, &setting)]).await?;
        households::find(unit, self.household).await?.ok_or_else(Refusal::not_found)
    }
}

impl Pin {
    /// The place and how exact it is in metres, where it is told as exactly as a house. `None` where it is not.
    ///
    /// # Errors
    /// When a short code cannot be read near the area.
    pub(super) fn exactly(&self, setting: &Setting) -> Result<Option<(Position, Option<f64>)>, Refusal> {
        match self {
            Self::Coordinates(position, accuracy_m) => Ok(Some((*position, *accuracy_m))),
            Self::Code(code) => {
                let square = code.square(Some(setting.centre));
                let square = square.ok_or_else(|| Refusal::flaw("/plus_code", "no place near this area"))?;
                // Ten letters name fourteen metres by fourteen.
                Ok(square.is_a_house().then(|| (square.centre(), Some(7.0))))
            }
        }
    }
}

fn located(row: &HouseholdRow, setting: &Setting) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        policy_version: Some(setting.policy_version),
        ..Event::about("household.located", "household", row.id)
    }
}
