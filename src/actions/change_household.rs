//! A coordinator verifies, rejects, suspends, reinstates or archives a household. Its requests follow.

use domain::actor::Actor;
use domain::door::Exactness;
use domain::household::{HouseholdAct, HouseholdStatus};
use domain::id::HouseholdId;
use domain::life::{Act, Hold};
use domain::refusal::Code;

use super::{Action, Refusal, act_on_request, seen};
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::{doors, requests};
use crate::storage::{StorageError, Unit};

/// Change a household's status.
#[derive(Clone)]
pub struct ChangeHousehold {
    /// Which.
    pub household: HouseholdId,
    /// How.
    pub act: HouseholdAct,
    /// Why.
    pub reason: Option<String>,
}

impl Action for ChangeHousehold {
    type Done = HouseholdRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<HouseholdRow, Refusal> {
        let row = owned(unit, self.household).await?;
        let from = row.status()?;
        let to = from.after(self.act).ok_or_else(|| {
            Refusal::because(Code::WrongState, format!("a household that is {from} cannot be changed so"))
        })?;
        if to == HouseholdStatus::Verified
            && doors::exactness(unit, self.household).await? == Exactness::Approximate
        {
            return Err(Code::HouseholdNotLocated.into());
        }
        if !households::set_status(unit, &row, to, self.reason.as_deref()).await? {
            return Err(StorageError::Repeat.into());
        }
        if self.act.cancels_requests() {
            cancel_all(unit, &row, to).await?;
        }
        if to == HouseholdStatus::Verified {
            open_waiting(unit, &row).await?;
        }
        events::append(unit, &[changed(&row, self.act, from, to)]).await?;
        households::find(unit, self.household).await?.ok_or_else(Refusal::not_found)
    }
}

/// The household, if it is the coordinator's own organisation's, locked before any of its requests:
/// a request that is being filed meanwhile waits, and then sees the new status.
pub(super) async fn owned(unit: &mut Unit<'_>, id: HouseholdId) -> Result<HouseholdRow, Refusal> {
    let Actor::Coordinator { organisation, .. } = unit.actor else {
        return Err(Code::Forbidden.into());
    };
    let row = households::find_locked(unit, id).await?.filter(|row| row.organisation() == organisation);
    let row = row.ok_or_else(Refusal::not_found)?;
    seen::compare(unit, row.version)?;
    Ok(row)
}

/// Cancels the requests of a household that is no longer served.
pub(super) async fn cancel_all(
    unit: &mut Unit<'_>,
    row: &HouseholdRow,
    to: HouseholdStatus,
) -> Result<(), Refusal> {
    for request in requests::unfinished_of(unit, &[row.household()]).await? {
        let reason = Some(format!("household_{to}"));
        act_on_request::as_consequence(unit, request.request(), Act::Cancel, reason).await?;
    }
    Ok(())
}

/// Opens the requests that waited for nothing but their household.
async fn open_waiting(unit: &mut Unit<'_>, row: &HouseholdRow) -> Result<(), Refusal> {
    for request in requests::unfinished_of(unit, &[row.household()]).await? {
        if request.hold.as_deref() == Some(Hold::NewHousehold.as_str()) {
            act_on_request::as_consequence(unit, request.request(), Act::Verify, None).await?;
        }
    }
    Ok(())
}

fn changed(row: &HouseholdRow, act: HouseholdAct, from: HouseholdStatus, to: HouseholdStatus) -> Event {
    let kind = match act {
        HouseholdAct::Verify => "household.verified",
        HouseholdAct::Reject => "household.rejected",
        HouseholdAct::Suspend => "household.suspended",
        HouseholdAct::Reinstate => "household.reinstated",
        HouseholdAct::Archive => "household.archived",
    };
    // The reason is a coordinator's own text: it stays in the row and out of the log.
    Event {
        organisation: Some(row.organisation()),
        area: Some(row.area()),
        changes: vec![Change::moved("household", row.household(), from.as_str(), to.as_str())],
        ..Event::about(kind, "household", row.id)
    }
}
