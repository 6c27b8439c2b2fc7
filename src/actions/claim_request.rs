//! A volunteer takes a request, or a coordinator gives it to one. One wins; the others learn why not.

use domain::Moment;
use domain::actor::Actor;
use domain::id::{ClaimId, DeliveryId, RequestId, VolunteerId};
use domain::life::ClaimSource;
use domain::matching::{Candidate, Refusal as Unfit, first_refusal_to_claim};
use domain::refusal::Code;

use super::{Action, Refusal, meaning, seen};
use crate::clock;
use crate::storage::ahead::{Claimant, Question, Reading};
use crate::storage::closing::Closing;
use crate::storage::tables::candidates::Matchable;
use crate::storage::tables::claims::{self, ClaimRow, ClosingClaim, NewClaim, Taken};
use crate::storage::tables::requests;
use crate::storage::tables::settings::Setting;
use crate::storage::tables::sides::{self, Claimable, Sides};
use crate::storage::{Caller, StorageError, Unit};

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

    fn asks_ahead(&self, caller: Caller) -> Option<Question> {
        let claimant = match (self.volunteer, caller) {
            (Some(volunteer), _) => Claimant::Chosen(volunteer),
            (None, Caller::Person { user, .. }) => Claimant::Caller(user),
            (None, Caller::Partner { .. } | Caller::System | Caller::Nobody) => return None,
        };
        Some(Question::Claim { request: self.request, claimant })
    }

    async fn run(self, unit: &mut Unit<'_>) -> Result<Claimed, Refusal> {
        self.claim_as(unit, None).await
    }
}

impl ClaimRequest {
    /// Claims it, as what came of an offer or a plan where a source is told.
    ///
    /// # Errors
    /// With the reason why it cannot be.
    pub(super) async fn claim_as(
        self,
        unit: &mut Unit<'_>,
        told: Option<ClaimSource>,
    ) -> Result<Claimed, Refusal> {
        let (volunteer, own) = self.claimant(unit)?;
        let source = told.unwrap_or(own);
        let ahead = match unit.ahead.take() {
            Some(Reading::Claim(sides)) => Some(*sides),
            Some(Reading::Filing(_)) | None => None,
        };
        let may_close = ahead.is_some();
        let sides = match ahead {
            Some(sides) => sides,
            None => sides::sides(unit, self.request, volunteer).await?,
        };
        let Found { request, candidate, fence, setting } = permitted(unit, sides)?;
        if unit.precondition.is_some() {
            // The volunteer is locked already; the request is locked after them, as everywhere.
            let version = requests::lock_version(unit, self.request).await?.ok_or_else(Refusal::not_found)?;
            seen::compare(unit, version)?;
        }
        let over_since = setting.now - chrono::TimeDelta::seconds(i64::from(setting.policy.extension_s));
        check(unit, &request, &candidate, over_since).await?;
        let new = NewClaim {
            id: ClaimId::new(clock::new_id()),
            delivery: DeliveryId::new(clock::new_id()),
            request: self.request,
            volunteer,
            source,
            fence: fence + 1,
            lease_until: setting.now + chrono::TimeDelta::seconds(i64::from(setting.policy.lease_s)),
            policy_version: setting.policy_version,
            over_since,
            now: setting.now,
        };
        if may_close {
            let claimed = new.once_made(&request.request, &candidate);
            unit.closing = Some(Closing::Claim(Box::new(ClosingClaim::of(unit, new))));
            return Ok(claimed.into());
        }
        let taken = claims::take(unit, &new)
            .await
            .map_err(meaning("claims_one_active_per_request", || Code::AlreadyClaimed.into()))?;
        let Some(taken) = taken else {
            return Err(self.why_not(unit, volunteer, over_since).await?);
        };
        Ok(taken.into())
    }
}

impl From<Taken> for Claimed {
    fn from(taken: Taken) -> Self {
        Self { claim: taken.claim, delivery: taken.delivery_id.map(DeliveryId::new) }
    }
}

/// Both sides as matching sees them, and the rules.
struct Found {
    request: Matchable,
    candidate: Candidate,
    fence: i64,
    setting: Setting,
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

    /// Nothing was taken although a moment ago it could be: looks again, under a new snapshot.
    async fn why_not(
        self,
        unit: &mut Unit<'_>,
        volunteer: VolunteerId,
        over_since: Moment,
    ) -> Result<Refusal, Refusal> {
        let sides = sides::sides(unit, self.request, volunteer).await?;
        let found = permitted(unit, sides)?;
        match check(unit, &found.request, &found.candidate, over_since).await {
            Err(refusal) => Ok(refusal),
            // It can be taken now: what stood in the way is gone again.
            Ok(()) => Err(StorageError::Repeat.into()),
        }
    }
}

/// Both sides, if the caller may know of them and they take part in the same campaign.
///
/// The volunteer is locked by the reading: what is theirs, their blocks and their limit, cannot be out of
/// date. The request is not: the statement that takes it looks again.
fn permitted(unit: &Unit<'_>, sides: Sides) -> Result<Found, Refusal> {
    let (Some(request), Some(candidate)) = (sides.request, sides.candidate) else {
        return Err(Refusal::not_found());
    };
    let Claimable { matchable: request, fence, setting } = request;
    let owner = request.request.organisation;
    let may = match unit.actor {
        Actor::Coordinator { organisation, .. } => organisation == owner,
        Actor::Volunteer { .. } => true,
        Actor::Administrator { .. } | Actor::Partner { .. } | Actor::System | Actor::Nobody => false,
    };
    if !may || !candidate.campaigns.contains(&request.request.campaign) {
        return Err(Refusal::not_found());
    }
    Ok(Found { request, candidate, fence, setting })
}

async fn check(
    unit: &mut Unit<'_>,
    matchable: &Matchable,
    candidate: &Candidate,
    over_since: Moment,
) -> Result<(), Refusal> {
    let request = &matchable.request;
    if !is_open(matchable) {
        return Err(not_open(unit, request.request, candidate.volunteer).await?);
    }
    let at = matchable.local_time()?.at(unit.now);
    if request.window_end.is_some_and(|end| end <= over_since) {
        return Err(Code::WindowOver.into());
    }
    match first_refusal_to_claim(candidate, request, at) {
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
