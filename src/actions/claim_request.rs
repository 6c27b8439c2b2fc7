//! A volunteer takes a request, or a coordinator gives it to one. One wins; the others learn why not.

use domain::Moment;
use domain::actor::Actor;
use domain::id::{ClaimId, DeliveryId, RequestId, VolunteerId};
use domain::life::ClaimSource;
use domain::matching::{Candidate, Refusal as Unfit, first_refusal_to_claim};
use domain::refusal::Code;

use super::{Action, Refusal, meaning};
use crate::clock;
use crate::storage::tables::candidates::{self, Matchable};
use crate::storage::tables::claims::{self, ClaimRow, NewClaim};
use crate::storage::tables::{campaigns, requests, settings, volunteers};
use crate::storage::{StorageError, Unit};

/// Claim a request for a volunteer.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRequest {
    /// Which request.
    pub request: RequestId,
    /// For whom; none when the volunteer claims for themselves.
    pub volunteer: Option<VolunteerId>,
}

/// A claim that was made.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The claim.
    pub claim: ClaimRow,
    /// The delivery that began with it, where goods change hands.
    pub delivery: Option<DeliveryId>,
}

impl Action for ClaimRequest {
    type Done = Claimed;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Claimed, Refusal> {
        let (volunteer, source) = self.claimant(unit)?;
        let request = self.request(unit).await?;
        if !is_open(&request) {
            return Err(not_open(unit, self.request, volunteer).await?);
        }
        // The volunteer's lock comes before their reading: what is read below then cannot be out of date
        // where it is theirs, their blocks and their limit.
        volunteers::find_locked(unit, volunteer).await?.ok_or_else(Refusal::not_found)?;
        let found = look(unit, request, volunteer).await?;
        let setting = settings::find(unit, found.request.request.organisation, found.request.request.area)
            .await?
            .ok_or_else(|| {
                StorageError::Impossible("a request outside its organisation's areas".to_owned())
            })?;
        let over_since = setting.now - chrono::TimeDelta::seconds(i64::from(setting.policy.extension_s));
        check(unit, &found, volunteer, over_since).await?;
        let new = NewClaim {
            id: ClaimId::new(clock::new_id()),
            delivery: DeliveryId::new(clock::new_id()),
            request: self.request,
            volunteer,
            source,
            lease_until: setting.now + chrono::TimeDelta::seconds(i64::from(setting.policy.lease_s)),
            policy_version: setting.policy_version,
            over_since,
            now: setting.now,
        };
        let taken = claims::take(unit, &new)
            .await
            .map_err(meaning("claims_one_active_per_request", || Code::AlreadyClaimed.into()))?;
        let Some(taken) = taken else {
            return Err(self.why_not(unit, volunteer, over_since).await?);
        };
        let claim = claims::find(unit, new.id).await?.ok_or_else(Refusal::not_found)?;
        Ok(Claimed { claim, delivery: taken.delivery_id.map(DeliveryId::new) })
    }
}

/// Both sides as matching sees them.
struct Found {
    request: Matchable,
    candidate: Candidate,
}

impl ClaimRequest {
    fn claimant(self, unit: &Unit<'_>) -> Result<(VolunteerId, ClaimSource), Refusal> {
        match (&unit.actor, self.volunteer) {
            (Actor::Volunteer { volunteer, .. }, None) => Ok((*volunteer, ClaimSource::Own)),
            (Actor::Coordinator { .. }, Some(volunteer)) => Ok((volunteer, ClaimSource::Coordinator)),
            (
                Actor::Volunteer { .. }
                | Actor::Coordinator { .. }
                | Actor::Administrator { .. }
                | Actor::Partner { .. }
                | Actor::System
                | Actor::Nobody,
                _,
            ) => Err(Code::Forbidden.into()),
        }
    }

    /// Reads the request, if the caller may know of it.
    async fn request(self, unit: &mut Unit<'_>) -> Result<Matchable, Refusal> {
        let found = candidates::requests(unit, &[self.request.uuid()]).await?.pop();
        let found = found.ok_or_else(Refusal::not_found)?;
        let may = match unit.actor {
            Actor::Coordinator { organisation, .. } => organisation == found.request.organisation,
            Actor::Volunteer { organisation, .. } => {
                campaigns::takes_part(unit, found.request.campaign, organisation).await?
            }
            Actor::Administrator { .. } | Actor::Partner { .. } | Actor::System | Actor::Nobody => false,
        };
        if may { Ok(found) } else { Err(Refusal::not_found()) }
    }

    /// Nothing was taken although a moment ago it could be: looks again, under a new snapshot.
    async fn why_not(
        self,
        unit: &mut Unit<'_>,
        volunteer: VolunteerId,
        over_since: Moment,
    ) -> Result<Refusal, Refusal> {
        let request = self.request(unit).await?;
        let found = look(unit, request, volunteer).await?;
        match check(unit, &found, volunteer, over_since).await {
            Err(refusal) => Ok(refusal),
            // It can be taken now: what stood in the way is gone again.
            Ok(()) => Err(StorageError::Repeat.into()),
        }
    }
}

/// Adds the volunteer, if they take part where the request is served.
async fn look(unit: &mut Unit<'_>, request: Matchable, volunteer: VolunteerId) -> Result<Found, Refusal> {
    let candidate = candidates::candidates(unit, &[volunteer.uuid()]).await?.pop();
    let candidate = candidate.ok_or_else(Refusal::not_found)?;
    let shared = candidate.campaigns.contains(&request.request.campaign);
    if shared { Ok(Found { request, candidate }) } else { Err(Refusal::not_found()) }
}

async fn check(
    unit: &mut Unit<'_>,
    found: &Found,
    volunteer: VolunteerId,
    over_since: Moment,
) -> Result<(), Refusal> {
    let request = found.request.request.request;
    if !is_open(&found.request) {
        return Err(not_open(unit, request, volunteer).await?);
    }
    let at = found.request.local_time()?.at(unit.now);
    if found.request.request.window_end.is_some_and(|end| end <= over_since) {
        return Err(Code::WindowOver.into());
    }
    match first_refusal_to_claim(&found.candidate, &found.request.request, at) {
        None => Ok(()),
        Some(Unfit::AtClaimLimit) => Err(Code::ClaimLimitReached.into()),
        Some(reason) => Err(Refusal::because(Code::NotEligible, reason.as_str())),
    }
}

fn is_open(request: &Matchable) -> bool {
    request.is_open || crate::planted::is_planted(crate::planted::Bug::ClaimCondition)
}

async fn not_open(
    unit: &mut Unit<'_>,
    request: RequestId,
    volunteer: VolunteerId,
) -> Result<Refusal, Refusal> {
    if let Some(claim) = claims::active_on(unit, request).await? {
        let code =
            if claim.volunteer_id == volunteer.uuid() { Code::AlreadyYours } else { Code::AlreadyClaimed };
        return Ok(code.into());
    }
    let row = requests::find(unit, request).await?.ok_or_else(Refusal::not_found)?;
    Ok(Refusal::because(Code::NotOpen, format!("the request is {}", row.status()?)))
}
