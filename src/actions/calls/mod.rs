//! Calls that the hotline makes: scheduled without being asked or by a coordinator, locked by one operator,
//! answered, or dropped when they are needed no more.

mod answer;
mod drop_settled;
mod lock;
mod order;
mod schedule;

pub use answer::AnswerCall;
pub use drop_settled::DropSettledCalls;
pub use lock::{LockCall, LockedCall, WhichCall};
pub use order::OrderCall;
pub use schedule::ScheduleCall;

use domain::actor::Actor;
use domain::calls::{CallStatus, HotlineOutcome};
use domain::id::{OrganisationId, UserId};
use domain::refusal::Code;

use super::Refusal;
use crate::storage::Unit;
use crate::storage::events::{Change, Event};
use crate::storage::tables::calls::CallRow;

/// Operators of a hotline are coordinators: whom they call, they may see the doors of.
fn operator(unit: &Unit<'_>) -> Result<(UserId, OrganisationId), Refusal> {
    match unit.actor {
        Actor::Coordinator { user, organisation } => Ok((user, organisation)),
        Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::System
        | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}

fn event(row: &CallRow, kind: &'static str, reason: Option<&str>) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        request: Some(row.request()),
        reason: reason.map(str::to_owned),
        ..Event::about(kind, "call", row.id)
    }
}

fn scheduled(row: &CallRow) -> Event {
    let changes = vec![Change::made("call", row.call(), CallStatus::Waiting.as_str())];
    Event { changes, ..event(row, "call.scheduled", Some(&row.purpose)) }
}

/// That a call is not made, for nobody can be called any more.
pub(super) fn dropped(row: &CallRow) -> Event {
    went(row, None, CallStatus::Dropped)
}

/// That a call waits again, or has ended.
fn went(row: &CallRow, outcome: Option<HotlineOutcome>, to: CallStatus) -> Event {
    let reason = outcome.map_or(to.as_str(), HotlineOutcome::as_str);
    match to {
        CallStatus::Waiting => event(row, "call.postponed", Some(reason)),
        CallStatus::Done | CallStatus::GivenUp | CallStatus::Dropped => {
            let change = Change::moved("call", row.call(), CallStatus::Waiting.as_str(), to.as_str());
            Event { changes: vec![change], ..event(row, "call.closed", Some(reason)) }
        }
    }
}
