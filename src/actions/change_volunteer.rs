//! A coordinator approves, rejects, suspends or reinstates a volunteer, or the volunteer leaves.
//! What they hold is taken from them when they may serve no more.

use domain::id::VolunteerId;
use domain::life::Act;
use domain::refusal::Code;
use domain::volunteer::{VolunteerAct, VolunteerStatus};

use super::whose::{self, Whose};
use super::{Action, Refusal, act_on_request};
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::claims;
use crate::storage::tables::volunteers::{self, VolunteerRow};
use crate::storage::{StorageError, Unit};

/// Change a volunteer's status.
#[derive(Clone)]
pub struct ChangeVolunteer {
    /// Whose.
    pub whose: Whose,
    /// How.
    pub act: VolunteerAct,
    /// Why.
    pub reason: Option<String>,
}

impl Action for ChangeVolunteer {
    type Done = VolunteerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<VolunteerRow, Refusal> {
        check_right(self.whose, self.act)?;
        let row = whose::find_locked(unit, self.whose).await?;
        let from = row.status()?;
        let to = from.after(self.act).ok_or_else(|| {
            Refusal::because(Code::WrongState, format!("a volunteer who is {from} cannot be changed so"))
        })?;
        if !volunteers::set_status(unit, &row, to, self.reason.as_deref()).await? {
            return Err(StorageError::Repeat.into());
        }
        if self.act.revokes_claims() {
            revoke_all(unit, row.volunteer(), to).await?;
        }
        events::append(unit, &[changed(&row, self.act, from, to)]).await?;
        volunteers::find(unit, row.volunteer()).await?.ok_or_else(Refusal::not_found)
    }
}

/// Leaving is one's own to do; everything else is a coordinator's.
fn check_right(whose: Whose, act: VolunteerAct) -> Result<(), Refusal> {
    match (whose, act) {
        (Whose::Own, VolunteerAct::Leave)
        | (
            Whose::Of(_),
            VolunteerAct::Approve | VolunteerAct::Reject | VolunteerAct::Suspend | VolunteerAct::Reinstate,
        ) => Ok(()),
        (
            Whose::Own | Whose::Of(_),
            VolunteerAct::Approve
            | VolunteerAct::Reject
            | VolunteerAct::Suspend
            | VolunteerAct::Reinstate
            | VolunteerAct::Leave,
        ) => Err(Code::Forbidden.into()),
    }
}

/// Revokes every claim of a volunteer who serves no more. Their row is locked: none is added meanwhile.
async fn revoke_all(unit: &mut Unit<'_>, volunteer: VolunteerId, to: VolunteerStatus) -> Result<(), Refusal> {
    for claim in claims::active_of(unit, volunteer).await? {
        let reason = Some(format!("volunteer_{to}"));
        let request = domain::id::RequestId::new(claim.request_id);
        act_on_request::as_consequence(unit, request, Act::Revoke, reason).await?;
    }
    Ok(())
}

fn changed(row: &VolunteerRow, act: VolunteerAct, from: VolunteerStatus, to: VolunteerStatus) -> Event {
    let kind = match act {
        VolunteerAct::Approve => "volunteer.approved",
        VolunteerAct::Reject => "volunteer.rejected",
        VolunteerAct::Suspend => "volunteer.suspended",
        VolunteerAct::Reinstate => "volunteer.reinstated",
        VolunteerAct::Leave => "volunteer.left",
    };
    // The reason is somebody's own text: it stays in the row and out of the log.
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        volunteer: Some(row.volunteer()),
        changes: vec![Change::moved("volunteer", row.volunteer(), from.as_str(), to.as_str())],
        ..Event::about(kind, "volunteer", row.id)
    }
}
