//! What registering and adding a volunteer have in common: a person and a volunteer are entered, and
//! one event tells it.

use domain::actor::Role;
use domain::id::{AreaId, OrganisationId, UserId, VolunteerId};
use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;

use super::{Refusal, meaning};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::settings;
use crate::storage::tables::users::{self, NewUser};
use crate::storage::tables::volunteers::{self, Abilities, NewVolunteer, VolunteerRow};

/// Who is entered.
#[derive(Clone)]
pub(super) struct Newcomer {
    pub(super) organisation: OrganisationId,
    pub(super) area: AreaId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password_hash: Option<String>,
    pub(super) status: VolunteerStatus,
    pub(super) abilities: Abilities,
}

/// Enters the person and the volunteer. How many claims they may hold is what the area's policy says.
pub(super) async fn enter(
    unit: &mut Unit<'_>,
    new: Newcomer,
    kind: &'static str,
) -> Result<VolunteerRow, Refusal> {
    let setting = settings::find(unit, new.organisation, new.area)
        .await?
        .ok_or_else(|| Refusal::flaw("/area_id", "your organisation does not work in such an area"))?;
    let user = NewUser {
        id: UserId::new(clock::new_id()),
        organisation: new.organisation,
        role: Role::Volunteer,
        name: new.name,
        email: new.email,
        password_hash: new.password_hash,
    };
    users::insert(unit, &user).await.map_err(meaning("users_email_unique", || Code::AlreadyExists.into()))?;
    let volunteer = NewVolunteer {
        id: VolunteerId::new(clock::new_id()),
        user: user.id,
        organisation: new.organisation,
        area: new.area,
        status: new.status,
        abilities: new.abilities,
        claim_limit: setting.policy.claim_limit,
    };
    let row = volunteers::insert(unit, &volunteer).await?;
    let event = Event {
        organisation: Some(new.organisation),
        area: Some(new.area),
        volunteer: Some(volunteer.id),
        policy_version: Some(setting.policy_version),
        changes: vec![Change::made("volunteer", volunteer.id, new.status.as_str())],
        ..Event::about(kind, "volunteer", row.id)
    };
    events::append(unit, &[event]).await?;
    Ok(row)
}
