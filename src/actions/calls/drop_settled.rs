//! Calls that are needed no more, since what they were for was settled otherwise.

use domain::calls::{CallPurpose, CallStatus, Effect, Verdict};
use domain::id::RequestId;

use super::went;
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::calls;
use crate::storage::tables::situations::{self, Situation};

/// Drop the calls about a request that is settled; answers whether there were any.
#[derive(Debug, Clone, Copy)]
pub struct DropSettledCalls {
    /// Which request.
    pub request: RequestId,
}

impl Action for DropSettledCalls {
    type Done = bool;

    async fn run(self, unit: &mut Unit<'_>) -> Result<bool, Refusal> {
        let Some(situation) = situations::lock(unit, self.request).await? else {
            return Ok(false);
        };
        let dropped =
            Verdict { status: CallStatus::Dropped, again_at: None, in_vain: false, effect: Effect::None };
        let mut any = false;
        for row in calls::idle_of(unit, self.request, situation.now).await? {
            if is_settled(row.purpose()?, &situation) {
                let row = calls::write(unit, &row, None, &dropped, situation.now).await?;
                events::append(unit, &[went(&row, None, CallStatus::Dropped)]).await?;
                any = true;
            }
        }
        Ok(any)
    }
}

fn is_settled(purpose: CallPurpose, situation: &Situation) -> bool {
    match purpose {
        CallPurpose::Acknowledgement => situation.acknowledged_at.is_some(),
        CallPurpose::StillNeeded | CallPurpose::WelfareCheck => {
            situation.standing.request_status().is_final()
        }
        CallPurpose::CallBack => false,
    }
}
