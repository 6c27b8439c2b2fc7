//! A door costs its reader one of as many as the policy lets them read in an hour. Whoever uses them up sets
//! off an alarm: an event for their organisation, and a count.

use domain::actor::Actor;
use domain::door_budget::{self, Budget};
use domain::id::HouseholdId;
use domain::policy::Policy;
use domain::refusal::Code;

use super::Refusal;
use crate::storage::events::{self, Event};
use crate::storage::tables::{doors, organisations};
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
    let (most, alarm) = match &unit.actor {
        Actor::Volunteer { organisation, volunteer, .. } => {
            let alarm = Event::about("volunteer.doors_used_up", "volunteer", volunteer.uuid());
            let alarm = Event { organisation: Some(*organisation), volunteer: Some(*volunteer), ..alarm };
            (policy.volunteer_doors_per_hour, alarm)
        }
        Actor::Coordinator { organisation, user } => {
            let alarm = Event::about("user.doors_used_up", "user", user.uuid());
            (policy.coordinator_doors_per_hour, Event { organisation: Some(*organisation), ..alarm })
        }
        Actor::Partner { .. } | Actor::Administrator { .. } | Actor::System | Actor::Nobody => return Ok(()),
    };
    let opened = doors::opened_lately(unit).await?;
    match door_budget::judge(&opened, household, most, unit.now) {
        Budget::Enough => Ok(()),
        Budget::Last => {
            let reader = match alarm.organisation {
                Some(organisation) => organisations::find(unit, organisation).await?,
                None => None,
            };
            // Nobody is called for a sandbox.
            if reader.is_none_or(|organisation| !organisation.is_sandbox) {
                metrics::counter!("birgemiz_door_budgets_used_up_total").increment(1);
            }
            tracing::warn!(reader = %alarm.subject_id, "somebody has read as many doors as anybody may in an hour");
            Ok(events::append(unit, &[alarm]).await?)
        }
        Budget::UsedUp { for_s } => {
            let detail = format!("doors of {most} households were read within an hour");
            Err(Refusal { retry_after_s: Some(for_s), ..Refusal::because(Code::QuotaExceeded, detail) })
        }
    }
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
    let found =
        crate::storage::tables::settings::find(unit, organisation, domain::id::AreaId::new(area)).await?;
    let missing = || StorageError::Impossible("a household outside its organisation's areas".to_owned());
    Ok(found.ok_or_else(missing)?.policy)
}
