//! The caller, as they see themselves.

use domain::Moment;
use domain::actor::{Actor, Role};
use domain::id::{UserId, VolunteerId};
use domain::place::Position;
use domain::volunteer::WeeklySlot;

use super::volunteers::Person;
use crate::storage::tables::volunteers::VolunteerRow;
use crate::storage::tables::{positions, users, volunteer_profiles, volunteers};
use crate::storage::{StorageError, Unit};

/// The caller.
#[derive(Clone)]
pub struct Seen {
    /// Who acts.
    pub actor: Actor,
    /// A person's role.
    pub role: Option<Role>,
    /// A person's name and address.
    pub person: Option<Person>,
    /// A volunteer's profile.
    pub profile: Option<Profile>,
}

/// What is known of a volunteer, their own eyes only.
#[derive(Clone)]
pub struct Profile {
    /// The volunteer.
    pub row: VolunteerRow,
    /// Where they usually set out from.
    pub base: Option<Position>,
    /// When in the week offers are welcome.
    pub slots: Vec<WeeklySlot>,
    /// Since when they agree that partner apps tell where they are.
    pub trackers_agreed_at: Option<Moment>,
}

/// Who calls.
///
/// # Errors
/// When the database fails.
pub async fn seen(unit: &mut Unit<'_>) -> Result<Seen, StorageError> {
    let actor = unit.actor.clone();
    let (user, volunteer) = match &actor {
        Actor::Administrator { user, .. } | Actor::Coordinator { user, .. } => (Some(*user), None),
        Actor::Volunteer { user, volunteer, .. } => (Some(*user), Some(*volunteer)),
        Actor::Partner { .. } | Actor::System | Actor::Nobody => (None, None),
    };
    let (role, person) = person(unit, user).await?;
    let profile = profile(unit, volunteer).await?;
    Ok(Seen { actor, role, person, profile })
}

async fn person(
    unit: &mut Unit<'_>,
    user: Option<UserId>,
) -> Result<(Option<Role>, Option<Person>), StorageError> {
    let Some(user) = user else {
        return Ok((None, None));
    };
    let Some(row) = users::find(unit, user).await? else {
        return Ok((None, None));
    };
    Ok((Some(row.role()?), Some(Person { name: row.name, email: row.email })))
}

async fn profile(
    unit: &mut Unit<'_>,
    volunteer: Option<VolunteerId>,
) -> Result<Option<Profile>, StorageError> {
    let Some(id) = volunteer else {
        return Ok(None);
    };
    let Some(row) = volunteers::find(unit, id).await? else {
        return Ok(None);
    };
    let base = volunteer_profiles::base_of(unit, id).await?;
    let trackers_agreed_at = positions::agreed_at(unit, id).await?;
    let slots = serde_json::from_value(row.availability.clone())
        .map_err(|error| StorageError::Impossible(error.to_string()))?;
    Ok(Some(Profile { row, base, slots, trackers_agreed_at }))
}
