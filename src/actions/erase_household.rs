//! Everything private of a household is destroyed in one transaction, its data key with it. What was done for it stays
//! as counts, ids and words.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::calls::{CallStatus, Effect, Verdict};
use domain::erasure::ErasureCause;
use domain::household::HouseholdStatus;
use domain::id::HouseholdId;
use domain::refusal::Code;

use super::auth::step_up;
use super::calls::dropped;
use super::{Action, Call, Refusal, change_household, read};
use crate::app::App;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::{calls, erasures, requests, retention};
use crate::storage::{StorageError, Unit};

/// Erase a household.
#[derive(Debug, Clone, Copy)]
pub struct EraseHousehold {
    /// Which.
    pub household: HouseholdId,
    /// Why.
    pub cause: ErasureCause,
}

impl Action for EraseHousehold {
    type Done = HouseholdRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HouseholdRow, Refusal> {
        let row = match unit.actor {
            Actor::System => {
                households::find_locked(unit, self.household).await?.ok_or_else(Refusal::not_found)?
            }
            Actor::Coordinator { .. }
            | Actor::Administrator { .. }
            | Actor::Volunteer { .. }
            | Actor::Partner { .. }
            | Actor::Nobody => {
                let row = change_household::owned(unit, self.household).await?;
                step_up::require(unit).await?;
                row
            }
        };
        if row.erased_at.is_some() {
            return Err(Refusal::because(Code::WrongState, "the household was erased already"));
        }
        if self.cause == ErasureCause::Retention && !retention::is_over(unit, self.household).await? {
            return Err(Refusal::because(Code::WrongState, "something was asked for in its name since"));
        }
        if self.cause == ErasureCause::Restored {
            change_household::cancel_all(unit, &row, HouseholdStatus::Archived).await?;
        }
        let unfinished = requests::unfinished_of(unit, &[self.household]).await?;
        if !unfinished.is_empty() {
            let detail =
                "a request of it is not finished: cancel it, or archive the household, which cancels all";
            return Err(Refusal::because(Code::WrongState, detail));
        }
        drop_calls(unit, self.household).await?;
        if !erasures::household(unit, &row).await? {
            return Err(StorageError::Repeat.into());
        }
        events::append(unit, &[erased(&row, self.cause)?]).await?;
        households::find(unit, self.household).await?.ok_or_else(Refusal::not_found)
    }
}

/// Nobody can be called any more: there is no number.
async fn drop_calls(unit: &mut Unit<'_>, household: HouseholdId) -> Result<(), Refusal> {
    let verdict =
        Verdict { status: CallStatus::Dropped, again_at: None, in_vain: false, effect: Effect::None };
    for row in calls::waiting_of(unit, household).await? {
        let row = calls::write(unit, &row, None, &verdict, unit.now).await?;
        events::append(unit, &[dropped(&row)]).await?;
    }
    Ok(())
}

fn erased(row: &HouseholdRow, cause: ErasureCause) -> Result<Event, StorageError> {
    let (from, to) = (row.status()?, HouseholdStatus::Archived);
    let moved = (from != to).then(|| Change::moved("household", row.household(), from.as_str(), to.as_str()));
    Ok(Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        reason: Some(cause.as_str().to_owned()),
        changes: moved.into_iter().collect(),
        ..Event::about("household.erased", "household", row.id)
    })
}

/// Everybody who was erased.
///
/// # Errors
/// When the database fails.
pub async fn all_erased(app: &App) -> Result<Vec<HouseholdId>, Refusal> {
    read(app, &Call::by_system(), async |unit| Ok(erasures::all_households(unit).await?)).await
}

/// Those of a list of erased households that are there as if they were not.
///
/// # Errors
/// When the database fails.
pub async fn back_among(app: &App, listed: &BTreeSet<HouseholdId>) -> Result<Vec<HouseholdId>, Refusal> {
    let listed: Vec<HouseholdId> = listed.iter().copied().collect();
    read(app, &Call::by_system(), async |unit| Ok(erasures::not_erased_among(unit, &listed).await?)).await
}
