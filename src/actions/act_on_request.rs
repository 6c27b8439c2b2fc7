//! Every act upon a request that is already filed, by whomever: who may, whether it is possible, what
//! it does, and the one event that tells it. Claiming alone is elsewhere: it is one statement.

use domain::actor::Actor;
use domain::id::{ClaimId, DeliveryId, RequestId, VolunteerId};
use domain::life::{Act, CallOutcome, ClaimStatus, Consequence, FailureOutcome, HandOver, Party};
use domain::life::{consequence_of, permits};
use domain::refusal::Code;

use super::answers::{RequestWithLines, request_with_lines};
use super::{Action, Refusal, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::consequences::{self, Details};
use crate::storage::tables::situations::{self, Situation};
use crate::storage::tables::{claims, deliveries};

/// What an act is addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A request, whoever holds it.
    Request(RequestId),
    /// A claim; it must be in force.
    Claim(ClaimId),
    /// A delivery; its claim must be in force.
    Delivery(DeliveryId),
}

/// Act upon a request.
#[derive(Debug, Clone)]
pub struct ActOnRequest {
    /// What it is addressed to.
    pub target: Target,
    /// What is done.
    pub act: Act,
    /// The fencing number that the holder knows. Required of volunteers.
    pub fence: Option<i64>,
    /// Why, in a word or a short sentence. Kept in the rows, not in the log.
    pub reason: Option<String>,
}

impl Action for ActOnRequest {
    type Done = RequestWithLines;

    async fn run(self, unit: &mut Unit<'_>) -> Result<RequestWithLines, Refusal> {
        let situation = aim(unit, self.target, self.fence).await?;
        let party = party_of(unit, &situation).await?;
        admit(party, self.act)?;
        compare(unit, self.target, &situation).await?;
        let consequence = judge(&situation, party, self.act)?;
        check_more(&situation, self.act)?;
        carry_out(unit, &situation, self.act, &consequence, self.reason).await?;
        request_with_lines(unit, situation.request).await?.ok_or_else(Refusal::not_found)
    }
}

/// Does to a request what follows from something else: its household suspended, its holder gone, its
/// time over. Nobody's permission is asked. Answers the situation it was in; `None` when the act has
/// become impossible, which is fine then.
///
/// # Errors
/// When the database fails.
pub async fn as_consequence(
    unit: &mut Unit<'_>,
    request: RequestId,
    act: Act,
    reason: Option<String>,
) -> Result<Option<Situation>, Refusal> {
    as_consequence_if(unit, request, act, reason, |_| true).await
}

/// The same, but only `if` that still holds of the situation, seen under its lock.
///
/// # Errors
/// When the database fails.
pub async fn as_consequence_if(
    unit: &mut Unit<'_>,
    request: RequestId,
    act: Act,
    reason: Option<String>,
    holds: impl Fn(&Situation) -> bool + Send,
) -> Result<Option<Situation>, Refusal> {
    let Some(situation) = situations::lock(unit, request).await?.filter(holds) else {
        return Ok(None);
    };
    match consequence_of(situation.standing, act, situation.failures, situation.policy.max_failures) {
        None => Ok(None),
        Some(consequence) => {
            carry_out(unit, &situation, act, &consequence, reason).await?;
            Ok(Some(situation))
        }
    }
}

/// Finds what the act is addressed to, locks it, and checks that a claim so addressed is in force.
pub(super) async fn aim(
    unit: &mut Unit<'_>,
    target: Target,
    fence: Option<i64>,
) -> Result<Situation, Refusal> {
    let claim = match target {
        Target::Request(request) => {
            return situations::lock(unit, request).await?.ok_or_else(Refusal::not_found);
        }
        Target::Claim(claim) => claim,
        Target::Delivery(delivery) => {
            let row = deliveries::find(unit, delivery).await?.ok_or_else(Refusal::not_found)?;
            ClaimId::new(row.claim_id)
        }
    };
    let row = claims::find(unit, claim).await?.ok_or_else(Refusal::not_found)?;
    // Whose claim it is decides whether they may know of it at all, before anything else is told.
    check_acquaintance(unit, VolunteerId::new(row.volunteer_id), row.organisation_id)?;
    let situation =
        situations::lock(unit, RequestId::new(row.request_id)).await?.ok_or_else(Refusal::not_found)?;
    if crate::planted::is_planted(crate::planted::Bug::NoFence) {
        return Ok(situation);
    }
    let in_force = situation.claim.is_some_and(|active| active.id == claim);
    if !in_force {
        let code = if situation.fence > row.fence { Code::StaleFence } else { Code::ClaimEnded };
        return Err(code.into());
    }
    let is_volunteer = matches!(unit.actor, Actor::Volunteer { .. });
    match fence {
        Some(fence) if fence != row.fence => Err(Code::StaleFence.into()),
        None if is_volunteer => Err(Refusal::flaw("/fence", "the claim's fencing number is required")),
        Some(_) | None => Ok(situation),
    }
}

fn check_acquaintance(unit: &Unit<'_>, holder: VolunteerId, organisation: uuid::Uuid) -> Result<(), Refusal> {
    let knows = match &unit.actor {
        Actor::Volunteer { volunteer, .. } => *volunteer == holder,
        Actor::Coordinator { organisation: own, .. } => own.uuid() == organisation,
        Actor::System => true,
        Actor::Administrator { .. } | Actor::Partner { .. } | Actor::Nobody => false,
    };
    if knows { Ok(()) } else { Err(Refusal::not_found()) }
}

/// What the caller is to this request.
///
/// # Errors
/// When the database fails.
pub async fn party_of(unit: &mut Unit<'_>, situation: &Situation) -> Result<Party, Refusal> {
    let actor = unit.actor.clone();
    let party = match actor {
        Actor::Volunteer { volunteer, .. }
            if situation.claim.is_some_and(|claim| claim.volunteer == volunteer) =>
        {
            Party::Holder
        }
        Actor::Volunteer { organisation, .. } => {
            let member =
                crate::storage::tables::campaigns::takes_part(unit, situation.campaign, organisation).await?;
            if member { Party::Volunteer } else { Party::Stranger }
        }
        Actor::Coordinator { organisation, .. } if organisation == situation.organisation => {
            Party::Coordinator
        }
        Actor::Partner { partner, .. } if situation.partner == Some(partner) => Party::Partner,
        Actor::Administrator { .. } => Party::Administrator,
        Actor::System => Party::System,
        Actor::Coordinator { .. } | Actor::Partner { .. } | Actor::Nobody => Party::Stranger,
    };
    Ok(party)
}

/// Goes on if what the act is addressed to is as the caller has seen it. All three are changed under the request's
/// lock alone, which is held.
pub(super) async fn compare(
    unit: &mut Unit<'_>,
    target: Target,
    situation: &Situation,
) -> Result<(), Refusal> {
    if !unit.precondition.is_some() {
        return Ok(());
    }
    let version = match target {
        Target::Request(_) => Some(situation.version),
        Target::Claim(claim) => claims::find(unit, claim).await?.map(|row| row.version),
        Target::Delivery(delivery) => deliveries::find(unit, delivery).await?.map(|row| row.version),
    };
    seen::compare(unit, version.ok_or_else(Refusal::not_found)?)
}

/// Whether this party may do this at all.
pub(super) fn admit(party: Party, act: Act) -> Result<(), Refusal> {
    match party {
        Party::Stranger => return Err(Refusal::not_found()),
        Party::Holder
        | Party::Volunteer
        | Party::Coordinator
        | Party::Partner
        | Party::Administrator
        | Party::System => {}
    }
    if permits(party, act) { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Whether this party may do this here, and what it does.
pub(super) fn judge(situation: &Situation, party: Party, act: Act) -> Result<Consequence, Refusal> {
    admit(party, act)?;
    let status = situation.standing.request_status();
    consequence_of(situation.standing, act, situation.failures, situation.policy.max_failures).ok_or_else(
        || Refusal::because(Code::WrongState, format!("the request is {status}; that cannot be done now")),
    )
}

/// What the standing alone does not tell.
fn check_more(situation: &Situation, act: Act) -> Result<(), Refusal> {
    match act {
        Act::Verify if !situation.household_is_verified => Err(Code::HouseholdNotVerified.into()),
        Act::Acknowledge if situation.acknowledged_at.is_some() => {
            Err(Refusal::because(Code::WrongState, "it was acknowledged already"))
        }
        Act::Verify
        | Act::Claim
        | Act::Assign
        | Act::Release
        | Act::Revoke
        | Act::Lapse
        | Act::PickUp
        | Act::Arrive
        | Act::Complete(_)
        | Act::Fail(_)
        | Act::Conclude(_)
        | Act::Cancel
        | Act::Expire
        | Act::Escalate
        | Act::Acknowledge => Ok(()),
    }
}

/// Writes the consequence and its event.
pub(super) async fn carry_out(
    unit: &mut Unit<'_>,
    situation: &Situation,
    act: Act,
    consequence: &Consequence,
    reason: Option<String>,
) -> Result<(), Refusal> {
    let details = Details { reason, outcome: outcome_of(act) };
    let changes = consequences::carry_out(unit, situation, consequence, &details).await?;
    match act {
        Act::Acknowledge => consequences::acknowledge(unit, situation).await?,
        Act::Escalate => consequences::escalate(unit, situation).await?,
        Act::Verify
        | Act::Claim
        | Act::Assign
        | Act::Release
        | Act::Revoke
        | Act::Lapse
        | Act::PickUp
        | Act::Arrive
        | Act::Complete(_)
        | Act::Fail(_)
        | Act::Conclude(_)
        | Act::Cancel
        | Act::Expire => {}
    }
    let event = Event {
        organisation: Some(situation.organisation),
        area: Some(situation.area),
        request: Some(situation.request),
        volunteer: situation.claim.map(|claim| claim.volunteer),
        reason: word_of(act, consequence),
        policy_version: Some(situation.policy_version),
        changes,
        ..Event::about(kind_of(act, consequence), "request", situation.request.uuid())
    };
    events::append(unit, &[event]).await?;
    Ok(())
}

const fn outcome_of(act: Act) -> Option<&'static str> {
    match act {
        Act::Complete(outcome) => Some(outcome.as_str()),
        Act::Fail(outcome) => Some(outcome.as_str()),
        Act::Conclude(outcome) => Some(outcome.as_str()),
        Act::Verify
        | Act::Claim
        | Act::Assign
        | Act::Release
        | Act::Revoke
        | Act::Lapse
        | Act::PickUp
        | Act::Arrive
        | Act::Cancel
        | Act::Expire
        | Act::Escalate
        | Act::Acknowledge => None,
    }
}

/// The word that the event gives as its reason: an outcome, or why the request waits. Never free text.
fn word_of(act: Act, consequence: &Consequence) -> Option<String> {
    outcome_of(act).or(consequence.hold.map(domain::life::Hold::as_str)).map(str::to_owned)
}

const fn kind_of(act: Act, consequence: &Consequence) -> &'static str {
    match act {
        Act::Verify => "request.opened",
        Act::Claim | Act::Assign => "request.claimed",
        Act::Release => "claim.released",
        Act::Revoke => "claim.revoked",
        Act::Lapse => "claim.lapsed",
        Act::PickUp => "delivery.picked_up",
        Act::Arrive => "delivery.arrived",
        Act::Complete(HandOver::LeftAtDoor | HandOver::HandedOver) => "delivery.completed",
        Act::Fail(
            FailureOutcome::NoAnswer
            | FailureOutcome::NoStock
            | FailureOutcome::Unsafe
            | FailureOutcome::Other
            | FailureOutcome::BadAddress
            | FailureOutcome::Refused
            | FailureOutcome::AlreadyServed,
        ) => "delivery.failed",
        Act::Conclude(
            CallOutcome::Reached | CallOutcome::NeedsHelp | CallOutcome::NoAnswer | CallOutcome::Refused,
        ) => match consequence.claim {
            Some(ClaimStatus::Completed) => "claim.completed",
            Some(
                ClaimStatus::Active | ClaimStatus::Released | ClaimStatus::Lapsed | ClaimStatus::Revoked,
            )
            | None => "claim.released",
        },
        Act::Cancel => "request.cancelled",
        Act::Expire => "request.expired",
        Act::Escalate => "request.escalated",
        Act::Acknowledge => "request.acknowledged",
    }
}
