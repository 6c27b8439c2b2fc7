//! A coordinator sees to it that a volunteer and a household never meet again.

use domain::actor::Actor;
use domain::id::{HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::life::Act;
use domain::refusal::Code;

use super::{Action, Refusal, act_on_request, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::volunteers::{self, VolunteerRow};
use crate::storage::tables::{campaigns, claims};

/// Block a household for a volunteer.
#[derive(Clone)]
pub struct BlockHousehold {
    /// The volunteer.
    pub volunteer: VolunteerId,
    /// The household.
    pub household: HouseholdId,
    /// Why.
    pub reason: String,
}

impl Action for BlockHousehold {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let Actor::Coordinator { organisation, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        // Locked, so that a claim between the two is either seen here or made after the block.
        let volunteer =
            volunteers::find_locked(unit, self.volunteer).await?.ok_or_else(Refusal::not_found)?;
        let household = households::find(unit, self.household).await?.ok_or_else(Refusal::not_found)?;
        check_right(unit, organisation, &volunteer, &household).await?;
        seen::compare(unit, volunteer.version)?;
        let pair = (household.organisation(), self.household);
        if !volunteers::block(unit, &volunteer, pair, &self.reason).await? {
            return Err(Refusal::because(Code::AlreadyExists, "the two are kept apart already"));
        }
        revoke_between(unit, &self).await?;
        events::append(unit, &[blocked(&volunteer, &household)]).await?;
        Ok(())
    }
}

/// The coordinator's organisation owns one of the two, and shares a campaign with the other's owner.
async fn check_right(
    unit: &mut Unit<'_>,
    own: OrganisationId,
    volunteer: &VolunteerRow,
    household: &HouseholdRow,
) -> Result<(), Refusal> {
    let (theirs, its) = (volunteer.organisation(), household.organisation());
    let owns_one = theirs == own || its == own;
    if owns_one && campaigns::share_one(unit, theirs, its).await? {
        Ok(())
    } else {
        Err(Refusal::not_found())
    }
}

async fn revoke_between(unit: &mut Unit<'_>, block: &BlockHousehold) -> Result<(), Refusal> {
    for claim in claims::active_of(unit, block.volunteer).await? {
        if claim.household_id == block.household.uuid() {
            let request = RequestId::new(claim.request_id);
            let reason = Some("blocked".to_owned());
            act_on_request::as_consequence(unit, request, Act::Revoke, reason).await?;
        }
    }
    Ok(())
}

/// Told of the household, with the volunteer: both ids are in the log, the reason is not.
fn blocked(volunteer: &VolunteerRow, household: &HouseholdRow) -> Event {
    Event {
        organisation: Some(household.organisation()),
        area: Some(household.area()),
        volunteer: Some(volunteer.volunteer()),
        ..Event::about("volunteer.blocked", "household", household.id)
    }
}
