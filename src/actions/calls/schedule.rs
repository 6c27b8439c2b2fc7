//! The hotline is to call somebody without being asked: about goods that nobody confirmed, about a household that
//! stays silent, about a request that is to expire. Looked at again under the request's lock, once for each.

use domain::calls::CallPurpose;
use domain::id::{CallId, RequestId};
use domain::life::Standing;
use domain::words::RequestKind;

use super::scheduled;
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::calls::{self, NewCall};
use crate::storage::tables::requests::{self, RequestRow};
use crate::storage::tables::situations::{self, Situation};

/// Schedule a call if it is still due; answers whether it was.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleCall {
    /// About which request.
    pub request: RequestId,
    /// What for.
    pub purpose: CallPurpose,
}

impl Action for ScheduleCall {
    type Done = bool;

    async fn run(self, unit: &mut Unit<'_>) -> Result<bool, Refusal> {
        let Some(situation) = situations::lock(unit, self.request).await? else {
            return Ok(false);
        };
        let Some(row) = requests::find(unit, self.request).await? else {
            return Ok(false);
        };
        if !is_due(self.purpose, &situation, &row) {
            return Ok(false);
        }
        let new = NewCall {
            id: CallId::new(clock::new_id()),
            purpose: self.purpose,
            urgency: row.urgency.parse()?,
            due_at: situation.now,
        };
        let Some(call) = calls::insert(unit, &situation, new).await? else {
            return Ok(false);
        };
        events::append(unit, &[scheduled(&call)]).await?;
        Ok(true)
    }
}

fn is_due(purpose: CallPurpose, situation: &Situation, row: &RequestRow) -> bool {
    let seconds = |seconds: u32| chrono::TimeDelta::seconds(i64::from(seconds));
    let rules = situation.policy.calls;
    let waits = matches!(situation.standing, Standing::Open | Standing::Pending);
    let is_visit = situation.kind == RequestKind::WelfareCheck;
    match purpose {
        CallPurpose::Acknowledgement => {
            situation.standing == Standing::Fulfilled
                && situation.kind.moves_goods()
                && situation.acknowledged_at.is_none()
                && row.fulfilled_at.is_some_and(|at| at + seconds(rules.acknowledgement_s) <= situation.now)
        }
        CallPurpose::StillNeeded => {
            let end = situation.window_end + seconds(situation.policy.extension_s);
            waits && !is_visit && end - seconds(rules.still_needed_s) <= situation.now
        }
        CallPurpose::WelfareCheck => waits && is_visit,
        // Nobody is called back without being asked.
        CallPurpose::CallBack => false,
    }
}
