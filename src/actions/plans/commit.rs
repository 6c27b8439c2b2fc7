//! A plan is carried out: its tasks are claimed for their volunteers, each by the rules of any claim, all in one
//! transaction. What changed since the plan was made is left as it is, and named.

use domain::id::{ClaimId, PlanId, RequestId, VolunteerId};

use super::{Assigned, Outcome, Planned, Skipped, proposed, told};
use crate::actions::claim_request::ClaimRequest;
use crate::actions::{Action, Refusal};
use crate::storage::savepoint::Mark;
use crate::storage::tables::plans;
use crate::storage::{StorageError, Unit, events};

/// Carry a plan out.
#[derive(Debug, Clone, Copy)]
pub struct CommitPlan {
    /// Which.
    pub plan: PlanId,
}

impl Action for CommitPlan {
    type Done = Planned;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Planned, Refusal> {
        let Planned { record, .. } = proposed(unit, self.plan).await?;
        let tasks: Vec<(RequestId, VolunteerId)> = record.plan.tasks().collect();
        let volunteers: Vec<VolunteerId> = record.plan.lists.iter().map(|list| list.volunteer).collect();
        let requests: Vec<RequestId> = tasks.iter().map(|(request, _)| *request).collect();
        plans::lock_both_sides(unit, &volunteers, &requests).await?;
        let mut outcome = Outcome::default();
        for (request, volunteer) in tasks {
            match claim(unit, request, volunteer).await? {
                Ok(claim) => outcome.assigned.push(Assigned { request, volunteer, claim }),
                Err(refusal) => outcome.skipped.push(Skipped {
                    request,
                    volunteer,
                    code: refusal.code,
                    detail: refusal.detail.map(Into::into),
                }),
            }
        }
        let kept =
            serde_json::to_value(&outcome).map_err(|error| StorageError::Impossible(error.to_string()))?;
        let row = plans::commit(unit, self.plan, &kept).await?;
        events::append(unit, &[told("plan.committed", &row)]).await?;
        Ok(Planned { row, record })
    }
}

/// Claims one of them, or says why it cannot be claimed; what failed leaves nothing behind.
async fn claim(
    unit: &mut Unit<'_>,
    request: RequestId,
    volunteer: VolunteerId,
) -> Result<Result<ClaimId, Refusal>, Refusal> {
    Mark::Row.set(unit).await?;
    let claimed = ClaimRequest { request, volunteer: Some(volunteer) }.run(unit).await;
    match claimed {
        Ok(claimed) => {
            Mark::Row.keep(unit).await?;
            Ok(Ok(ClaimId::new(claimed.claim.id)))
        }
        // Not the claim was refused, but the database failed, or wants all of it once more.
        Err(refusal) if refusal.cause.is_some() => Err(refusal),
        Err(refusal) => {
            Mark::Row.undo(unit).await?;
            Ok(Err(refusal))
        }
    }
}
