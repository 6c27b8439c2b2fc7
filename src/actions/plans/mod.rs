//! Plans of who does what: made for an area, changed by its coordinators, and carried out at once.

mod commit;
mod edit;
mod make;

use domain::actor::Actor;
use domain::id::{ClaimId, OrganisationId, PlanId, RequestId, UserId, VolunteerId};
use domain::plan::{Edit, Record};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};

pub use commit::CommitPlan;
pub use edit::EditPlan;
pub use make::{PlanWish, make_plan};

use super::{Refusal, seen};
use crate::storage::Unit;
use crate::storage::events::Event;
use crate::storage::tables::plans::{self, PlanRow};

/// A plan with all that it was made from.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its row.
    pub row: PlanRow,
    /// What it is.
    pub record: Record,
}

/// What came of a plan that was carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is claimed now.
    pub assigned: Vec<Assigned>,
    /// What could not be claimed any more, and why.
    pub skipped: Vec<Skipped>,
}

/// A task that is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The request.
    pub request: RequestId,
    /// Who does it.
    pub volunteer: VolunteerId,
    /// By which claim.
    pub claim: ClaimId,
}

/// A task that had changed since the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The request.
    pub request: RequestId,
    /// Who was to do it.
    pub volunteer: VolunteerId,
    /// Why they do not.
    pub code: Code,
    /// The same in words, where there is more to say.
    pub detail: Option<String>,
}

/// For whom somebody coordinates, and who they are.
fn coordinator(actor: &Actor) -> Result<(OrganisationId, UserId), Refusal> {
    match actor {
        Actor::Coordinator { user, organisation } => Ok((*organisation, *user)),
        Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::System
        | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}

/// A plan of the coordinator's own organisation that was not carried out yet, locked.
async fn proposed(unit: &mut Unit<'_>, id: PlanId) -> Result<Planned, Refusal> {
    let (own, _) = coordinator(&unit.actor)?;
    let found = plans::find_locked(unit, id).await?.filter(|(row, _)| row.organisation() == own);
    let (row, record) = found.ok_or_else(Refusal::not_found)?;
    seen::compare(unit, row.version)?;
    if !row.is_proposed() {
        return Err(Refusal::because(Code::WrongState, "the plan is committed; make another"));
    }
    Ok(Planned { row, record })
}

/// The plan after these edits: settling many again takes longer than a thread that answers calls may be held up.
async fn after(record: Record, edits: Vec<Edit>) -> Result<Record, Refusal> {
    let settling = tokio::task::spawn_blocking(move || edited(&record, &edits));
    settling.await.map_err(|_| Refusal::because(Code::Internal, "the work broke off"))?
}

fn edited(record: &Record, edits: &[Edit]) -> Result<Record, Refusal> {
    let refused = |place: usize, error: domain::plan::EditError| {
        Refusal::flaw(format!("/edits/{place}"), error.to_string())
    };
    let mut wanted = record.plan.edits.clone();
    for (place, edit) in edits.iter().enumerate() {
        wanted = wanted.with(&record.snapshot, *edit).map_err(|error| refused(place, error))?;
    }
    // Each was taken alone, one after the other, so all of them are.
    record.after(edits).map_err(|error| refused(0, error))
}

fn told(kind: &'static str, row: &PlanRow) -> Event {
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        ..Event::about(kind, "plan", row.id)
    }
}
