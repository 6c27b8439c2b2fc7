//! The operator says how a call went; what follows for the call and its request is decided and written together.

use domain::calls::{Answered, CallRefusal, CallStatus, Effect, after};
use domain::id::{CallId, RequestId};
use domain::life::Act;
use domain::refusal::Code;

use super::{operator, went};
use crate::actions::act_on_request::{as_consequence, as_consequence_if};
use crate::actions::{Action, Refusal, seen};
use crate::storage::events;
use crate::storage::tables::calls::{self, CallRow};
use crate::storage::tables::silences;
use crate::storage::tables::situations::{self, Situation};
use crate::storage::{StorageError, Unit};

/// Tell how a call went.
#[derive(Debug, Clone, Copy)]
pub struct AnswerCall {
    /// Which.
    pub call: CallId,
    /// How it went.
    pub answered: Answered,
}

impl Action for AnswerCall {
    type Done = CallRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<CallRow, Refusal> {
        let (operator, organisation) = operator(unit)?;
        let known = calls::find(unit, self.call)
            .await?
            .filter(|row| row.organisation() == organisation)
            .ok_or_else(Refusal::not_found)?;
        // The request before what hangs on it, as everywhere.
        let situation = situations::lock(unit, known.request())
            .await?
            .ok_or_else(|| StorageError::Impossible("a call about no request".to_owned()))?;
        let row = calls::find_locked(unit, self.call).await?.ok_or_else(Refusal::not_found)?;
        seen::compare(unit, row.version)?;
        if row.status()? != CallStatus::Waiting || !row.is_locked_by(operator, situation.now) {
            return Err(Code::CallNotYours.into());
        }
        let rules = &situation.policy.calls;
        let verdict = after(row.purpose()?, self.answered, row.in_vain.unsigned_abs(), rules, situation.now)
            .map_err(refused)?;
        carry_out(unit, &situation, verdict.effect).await?;
        let outcome = Some(self.answered.outcome());
        let row = calls::write(unit, &row, outcome, &verdict, situation.now).await?;
        events::append(unit, &[went(&row, outcome, verdict.status)]).await?;
        Ok(row)
    }
}

fn refused(refusal: CallRefusal) -> Refusal {
    let pointer = match refusal {
        CallRefusal::NothingToCallOff => "/outcome",
        CallRefusal::NotLater => "/call_back_at",
    };
    Refusal::flaw(pointer, refusal.to_string())
}

/// What has become impossible meanwhile is settled otherwise, which is fine.
async fn carry_out(unit: &mut Unit<'_>, about: &Situation, effect: Effect) -> Result<(), Refusal> {
    let by_phone = Some("told_by_phone".to_owned());
    match effect {
        Effect::None => {}
        Effect::Acknowledge => acknowledge(unit, about.request).await?,
        Effect::Cancel => {
            as_consequence(unit, about.request, Act::Cancel, by_phone).await?;
        }
        Effect::SetAtEase => {
            as_consequence(unit, about.request, Act::Cancel, by_phone).await?;
            for silent in silences::because_of_which(unit, about.request).await? {
                acknowledge(unit, silent).await?;
            }
        }
    }
    Ok(())
}

async fn acknowledge(unit: &mut Unit<'_>, request: RequestId) -> Result<(), Refusal> {
    let is_silent = |situation: &Situation| situation.acknowledged_at.is_none();
    as_consequence_if(unit, request, Act::Acknowledge, None, is_silent).await?;
    Ok(())
}
