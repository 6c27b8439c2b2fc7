//! A door costs its reader one of as many as the policy lets them read in an hour, and a volunteer in a day. Whoever uses them up sets
//! off an alarm: an event for their organisation, and a count.

use domain::actor::Actor;
use domain::door_budget::{self, Budget, Limit};
use domain::id::HouseholdId;
use domain::policy::Policy;
use domain::refusal::Code;

use super::Refusal;
use crate::storage::events::{self, Event};
use crate::storage::tables::{doors, organisations, settings};
use crate::storage::{StorageError, Unit};

/// Lets volunteers and coordinators read one more door, or refuses. Partner apps read what they filed themselves.
///
/// # Errors
/// `quota_exceeded`, with the time until there is room again.
pub(super) async fn spend(
    unit: &mut Unit<'_>,
    household: HouseholdId,
    policy: &Policy,
) -> Result<(), Refusal> {
    let (limits, alarm) = match &unit.actor {
        Actor::Volunteer { organisation, volunteer, .. } => {
            let alarm = Event::about("volunteer.doors_used_up", "volunteer", volunteer.uuid());
            let alarm = Event { organisation: Some(*organisation), volunteer: Some(*volunteer), ..alarm };
            (Limit::of_volunteer(policy.volunteer_doors_per_hour).to_vec(), alarm)
        }
        Actor::Coordinator { organisation, user } => {
            let alarm = Event::about("user.doors_used_up", "user", user.uuid());
            let alarm = Event { organisation: Some(*organisation), ..alarm };
            (vec![Limit::hourly(policy.coordinator_doors_per_hour)], alarm)
        }
        Actor::Partner { .. } | Actor::Administrator { .. } | Actor::System | Actor::Nobody => return Ok(()),
    };
    let opened = doors::opened_lately(unit, &limits).await?;
    match door_budget::judge(&opened, household, &limits, unit.now) {
        Budget::Enough => Ok(()),
        Budget::Last => {
            tracing::warn!(reader = %alarm.subject_id, "somebody has read as many doors as anybody may");
            raise(unit, alarm, "birgemiz_door_budgets_used_up_total").await
        }
        Budget::UsedUp { for_s, limit } => {
            let time = if limit.within_s == door_budget::WINDOW_S { "an hour" } else { "a day" };
            let detail = format!("doors of {} households were read within {time}", limit.most);
            Err(Refusal { retry_after_s: Some(for_s), ..Refusal::because(Code::QuotaExceeded, detail) })
        }
    }
}

/// Lets a coordinator take all doors of their organisation away, or refuses. Each time sets off an alarm: whoever takes
/// everybody's door should be known to the others.
///
/// # Errors
/// `quota_exceeded`, with the time until there is room again.
pub(super) async fn spend_export(unit: &mut Unit<'_>) -> Result<(), Refusal> {
    let Actor::Coordinator { organisation, user } = unit.actor else {
        return Err(Code::Forbidden.into());
    };
    let policies = settings::policies_of(unit, organisation).await?;
    // An export holds the households of all areas, so the strictest of their policies counts.
    let most = policies.iter().map(|policy| policy.coordinator_exports_per_day).min();
    let most = most.unwrap_or_else(|| Policy::default().coordinator_exports_per_day);
    let begun = doors::exported_lately(unit).await?;
    if let Err(for_s) = door_budget::judge_export(&begun, most, unit.now) {
        let detail = format!("a coordinator may export all doors {most} times a day");
        return Err(Refusal { retry_after_s: Some(for_s), ..Refusal::because(Code::QuotaExceeded, detail) });
    }
    let alarm = Event::about("user.doors_exported", "user", user.uuid());
    raise(unit, Event { organisation: Some(organisation), ..alarm }, "birgemiz_door_exports_total").await?;
    tracing::warn!(reader = %user, "somebody exports all doors of their organisation");
    Ok(())
}

/// Tells of it and counts it, unless it is in a sandbox: nobody is called for one.
async fn raise(unit: &mut Unit<'_>, alarm: Event, counter: &'static str) -> Result<(), Refusal> {
    let reader = match alarm.organisation {
        Some(organisation) => organisations::find(unit, organisation).await?,
        None => None,
    };
    if reader.is_none_or(|organisation| !organisation.is_sandbox) {
        metrics::counter!(counter).increment(1);
    }
    Ok(events::append(unit, &[alarm]).await?)
}

/// The policy of a household's area, which it must have.
///
/// # Errors
/// When the database fails.
pub(super) async fn policy_at(
    unit: &mut Unit<'_>,
    organisation: uuid::Uuid,
    area: uuid::Uuid,
) -> Result<Policy, Refusal> {
    let organisation = domain::id::OrganisationId::new(organisation);
    let found = settings::find(unit, organisation, domain::id::AreaId::new(area)).await?;
    let missing = || StorageError::Impossible("a household outside its organisation's areas".to_owned());
    Ok(found.ok_or_else(missing)?.policy)
}
