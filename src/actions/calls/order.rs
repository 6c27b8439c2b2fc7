//! A coordinator says that somebody should call a household about one of its requests.

use domain::Moment;
use domain::calls::{CallPurpose, CallRefusal, MAX_LATER_DAYS};
use domain::id::{CallId, RequestId};
use domain::refusal::Code;
use domain::words::Urgency;

use super::{operator, scheduled};
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::storage::events;
use crate::storage::tables::calls::{self, CallRow, NewCall};
use crate::storage::tables::{doors, situations};
use crate::storage::{StorageError, Unit};

/// Have a household called.
#[derive(Debug, Clone, Copy)]
pub struct OrderCall {
    /// About which request.
    pub request: RequestId,
    /// When, at the earliest; now when not told.
    pub at: Option<Moment>,
    /// How soon.
    pub urgency: Urgency,
}

impl Action for OrderCall {
    type Done = CallRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<CallRow, Refusal> {
        let (_, organisation) = operator(unit)?;
        let situation = situations::lock(unit, self.request)
            .await?
            .filter(|situation| situation.organisation == organisation)
            .ok_or_else(Refusal::not_found)?;
        let due_at = self.at.unwrap_or(situation.now).max(situation.now);
        if due_at > situation.now + chrono::TimeDelta::days(MAX_LATER_DAYS) {
            return Err(Refusal::flaw("/call_at", CallRefusal::NotLater.to_string()));
        }
        if !doors::has_phone(unit, situation.household).await? {
            return Err(Refusal::because(Code::WrongState, "the household has no telephone"));
        }
        let new = NewCall {
            id: CallId::new(clock::new_id()),
            purpose: CallPurpose::CallBack,
            urgency: self.urgency,
            due_at,
        };
        let row = calls::insert(unit, &situation, new).await?;
        let row = row.ok_or_else(|| StorageError::Impossible("a call that was ordered before".to_owned()))?;
        events::append(unit, &[scheduled(&row)]).await?;
        Ok(row)
    }
}
