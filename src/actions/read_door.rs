//! A door is read, by those who may, and the reading is recorded in the same transaction.

use domain::Moment;
use domain::actor::Actor;
use domain::door::Door;
use domain::id::{ClaimId, HouseholdId, RequestId};
use domain::life::ClaimStatus;
use domain::refusal::Code;

use super::{Action, Refusal, spend_door};
use crate::planted::{Bug, is_planted};
use crate::storage::tables::claims::{self, ClaimRow};
use crate::storage::tables::doors::{self, Purpose};
use crate::storage::tables::settings::{self, Setting};
use crate::storage::tables::{households, notes, requests};
use crate::storage::{StorageError, Unit};

/// Read a household's door, as its own organisation's coordinator or the partner that filed it.
#[derive(Debug, Clone, Copy)]
pub struct ReadHouseholdDoor {
    /// Which household.
    pub household: HouseholdId,
}

/// Read the door that a claim leads to, as its holder.
#[derive(Debug, Clone, Copy)]
pub struct ReadClaimDoor {
    /// Under which claim.
    pub claim: ClaimId,
    /// Its fencing number.
    pub fence: i64,
}

/// A door, and what the volunteer should know of the request.
#[derive(Clone)]
pub struct OpenDoor {
    /// Whose.
    pub household: HouseholdId,
    /// The door.
    pub door: Door,
    /// The request's note.
    pub note: Option<String>,
    /// Until when it may be read; none for those who own it.
    pub until: Option<Moment>,
}

impl Action for ReadHouseholdDoor {
    type Done = OpenDoor;

    async fn run(self, unit: &mut Unit<'_>) -> Result<OpenDoor, Refusal> {
        let row = households::find(unit, self.household).await?.ok_or_else(Refusal::not_found)?;
        let may = match &unit.actor {
            Actor::Coordinator { organisation, .. } => *organisation == row.organisation(),
            Actor::Partner { partner, .. } => row.partner() == Some(*partner),
            Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => false,
        };
        if !may {
            return Err(Refusal::not_found());
        }
        if row.erased_at.is_some() {
            return Err(erased());
        }
        let policy = spend_door::policy_at(unit, row.organisation_id, row.area_id).await?;
        spend_door::spend(unit, self.household, &policy).await?;
        let door = doors::disclose(unit, self.household, Purpose::default()).await?;
        let door = door.ok_or_else(erased)?;
        Ok(OpenDoor { household: self.household, door, note: None, until: None })
    }
}

impl Action for ReadClaimDoor {
    type Done = OpenDoor;

    async fn run(self, unit: &mut Unit<'_>) -> Result<OpenDoor, Refusal> {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        // Locked, so that a claim which ends at this moment ends before or after the reading, not during.
        let claim = claims::find_shared(unit, self.claim)
            .await?
            .filter(|claim| claim.volunteer_id == volunteer.uuid())
            .ok_or_else(Refusal::not_found)?;
        let setting = settings::find(
            unit,
            domain::id::OrganisationId::new(claim.organisation_id),
            domain::id::AreaId::new(claim.area_id),
        )
        .await?
        .ok_or_else(|| StorageError::Impossible("a claim outside its organisation's areas".to_owned()))?;
        let until = open_until(&claim, &setting, self.fence)?;
        let request = RequestId::new(claim.request_id);
        let row = requests::find(unit, request).await?.ok_or_else(Refusal::not_found)?;
        if row.fence != claim.fence && !is_planted(Bug::ClosedDoor) {
            return Err(Code::StaleFence.into());
        }
        let household = HouseholdId::new(claim.household_id);
        spend_door::spend(unit, household, &setting.policy).await?;
        let purpose = Purpose { request: Some(request), claim: Some(self.claim) };
        let door = doors::disclose(unit, household, purpose).await?;
        // It was erased within the grace after the hand-over.
        let door = door.ok_or(Code::DoorClosed)?;
        let note = notes::of_request(unit, request).await?;
        Ok(OpenDoor { household, door, note, until: Some(until) })
    }
}

fn erased() -> Refusal {
    Refusal::because(Code::NotFound, "the household was erased, its door with it")
}

/// Until when the holder may read: while the claim is active and its lease runs, and for the policy's
/// grace after it was completed. After any other end: no more.
fn open_until(claim: &ClaimRow, setting: &Setting, fence: i64) -> Result<Moment, Refusal> {
    if claim.fence != fence {
        return Err(Code::StaleFence.into());
    }
    if is_planted(Bug::ClosedDoor) {
        return Ok(setting.now);
    }
    let until = match (claim.status()?, claim.ended_at) {
        (ClaimStatus::Active, _) => claim.lease_until,
        (ClaimStatus::Completed, Some(ended)) => {
            ended + chrono::TimeDelta::seconds(i64::from(setting.policy.grace_s))
        }
        (ClaimStatus::Completed, None)
        | (ClaimStatus::Released | ClaimStatus::Lapsed | ClaimStatus::Revoked, _) => {
            return Err(Code::DoorClosed.into());
        }
    };
    if setting.now < until { Ok(until) } else { Err(Code::DoorClosed.into()) }
}
