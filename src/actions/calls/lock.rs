//! An operator takes a call to make it: the next that is due, or one of their choice. Only who holds it is told the
//! number, and that is recorded as every reading of a door is.

use chrono::TimeDelta;
use domain::calls::CallStatus;
use domain::door::Phone;
use domain::id::{CallId, OrganisationId, UserId};
use domain::refusal::Code;

use super::operator;
use crate::actions::{Action, Refusal, meaning, seen, spend_door};
use crate::storage::tables::call_locks;
use crate::storage::tables::calls::{self, CallRow};
use crate::storage::tables::doors::{self, Purpose};
use crate::storage::views::call_times::{self, CallArea};
use crate::storage::{StorageError, Unit};

/// Take a call.
#[derive(Debug, Clone, Copy)]
pub struct LockCall {
    /// Which.
    pub which: WhichCall,
}

/// Which call an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichCall {
    /// The one they hold already, or else the next that is due.
    Next,
    /// This one.
    One(CallId),
}

/// A call that its operator makes now.
#[derive(Clone)]
pub struct LockedCall {
    /// The call.
    pub row: CallRow,
    /// The name to ask for.
    pub name: String,
    /// The number to dial.
    pub phone: Phone,
}

impl Action for LockCall {
    type Done = Option<LockedCall>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<LockedCall>, Refusal> {
        let (operator, organisation) = operator(unit)?;
        call_locks::queue_up(unit, operator).await?;
        let areas = call_times::of_organisation(unit, organisation).await?;
        let held = still_held(unit, operator, &areas).await?;
        let row = match (self.which, held) {
            (WhichCall::Next, Some(row)) => Some(row),
            (WhichCall::Next, None) => next(unit, organisation, &areas).await?,
            (WhichCall::One(call), Some(row)) if row.call() == call => {
                seen::compare(unit, row.version)?;
                Some(row)
            }
            (WhichCall::One(_), Some(_)) => {
                return Err(Refusal::because(Code::CallLocked, "give the outcome of your other call first"));
            }
            (WhichCall::One(call), None) => Some(chosen(unit, organisation, call, &areas).await?),
        };
        let Some(row) = row else {
            return Ok(None);
        };
        let area = area_of(&row, &areas)?;
        let now = area.time.at(unit.now).now;
        let until = now + TimeDelta::seconds(i64::from(area.rules.lock_s));
        // They queue up, so this never happens; the index holds it all the same.
        let row = call_locks::give(unit, &row, operator, (now, until))
            .await
            .map_err(meaning("calls_one_for_each_operator", || StorageError::Repeat.into()))?;
        disclosed(unit, row).await.map(Some)
    }
}

/// The call that the operator holds; one that they have held for too long is given up first.
async fn still_held(
    unit: &mut Unit<'_>,
    operator: UserId,
    areas: &[CallArea],
) -> Result<Option<CallRow>, Refusal> {
    let Some(row) = call_locks::held_by(unit, operator).await? else {
        return Ok(None);
    };
    let now = area_of(&row, areas)?.time.at(unit.now).now;
    if row.is_locked(now) {
        return Ok(Some(row));
    }
    call_locks::release(unit, &row).await?;
    Ok(None)
}

/// The next call in an area where people are awake.
async fn next(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    areas: &[CallArea],
) -> Result<Option<CallRow>, Refusal> {
    let now = unit.now;
    let awake: Vec<_> = areas
        .iter()
        .filter(|area| !area.rules.is_quiet(area.time.at(now).local))
        .map(|area| area.area)
        .collect();
    Ok(call_locks::next(unit, organisation, &awake).await?)
}

async fn chosen(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    call: CallId,
    areas: &[CallArea],
) -> Result<CallRow, Refusal> {
    let row = calls::find_locked(unit, call)
        .await?
        .filter(|row| row.organisation() == organisation)
        .ok_or_else(Refusal::not_found)?;
    seen::compare(unit, row.version)?;
    let area = area_of(&row, areas)?;
    let at = area.time.at(unit.now);
    if row.status()? != CallStatus::Waiting {
        return Err(Refusal::because(Code::WrongState, format!("the call is {}", row.status)));
    }
    if area.rules.is_quiet(at.local) {
        return Err(Code::QuietHours.into());
    }
    if row.is_locked(at.now) {
        return Err(Code::CallLocked.into());
    }
    Ok(row)
}

fn area_of<'a>(row: &CallRow, areas: &'a [CallArea]) -> Result<&'a CallArea, Refusal> {
    let area = areas.iter().find(|area| area.area == row.area());
    area.ok_or_else(|| StorageError::Impossible("a call outside its organisation's areas".to_owned()).into())
}

async fn disclosed(unit: &mut Unit<'_>, row: CallRow) -> Result<LockedCall, Refusal> {
    let purpose = Purpose { request: Some(row.request()), claim: None };
    let policy = spend_door::policy_at(unit, row.organisation().uuid(), row.area().uuid()).await?;
    spend_door::spend(unit, row.household(), &policy).await?;
    let door = doors::disclose(unit, row.household(), purpose).await?;
    let missing = || StorageError::Impossible("a call to a household without a telephone".to_owned());
    let door = door.ok_or_else(missing)?;
    Ok(LockedCall { row, name: door.name, phone: door.phone.ok_or_else(missing)? })
}
