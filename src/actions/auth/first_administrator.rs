//! The first administrator: invited by a link that the first start prints, and made by it.

use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use domain::refusal::Code;
use domain::sandbox::Reality;

use super::second_factor::Passed;
use super::secret::{self, SecretKind};
use super::session::{self, Session};
use crate::actions::{Action, Refusal, meaning};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::one_time_links::{self, LinkPurpose};
use crate::storage::tables::organisations::{self, NewOrganisation};
use crate::storage::tables::users::{self, NewUser};

/// How long the printed link works. A new start prints a new one.
const LINK_DAYS: i64 = 1;

/// Make a link for the first administrator, unless somebody can log in already.
#[derive(Clone)]
pub struct InviteFirstAdministrator;

impl Action for InviteFirstAdministrator {
    type Done = Option<String>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<String>, Refusal> {
        if users::exist(unit).await? {
            return Ok(None);
        }
        one_time_links::forget_first_administrator(unit).await?;
        let token = secret::make(SecretKind::Link)?;
        let expires_at = unit.now + chrono::TimeDelta::days(LINK_DAYS);
        one_time_links::insert(unit, &secret::digest(&token), LinkPurpose::FirstAdministrator, expires_at)
            .await?;
        Ok(Some(token))
    }
}

/// Use that link: make the first organisation and its administrator, and log them in.
#[derive(Clone)]
pub struct SetUp {
    /// From the link.
    pub token: String,
    /// The organisation's name.
    pub organisation_name: String,
    /// The administrator's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The hash of their password.
    pub password_hash: String,
    /// What their device says of itself.
    pub device: Option<String>,
}

impl Action for SetUp {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        match one_time_links::spend(unit, &secret::digest(&self.token)).await? {
            Some(LinkPurpose::FirstAdministrator) if !users::exist(unit).await? => {}
            Some(LinkPurpose::FirstAdministrator | LinkPurpose::SetPassword { .. }) | None => {
                return Err(Code::LinkNotValid.into());
            }
        }
        let organisation = OrganisationId::new(clock::new_id());
        let lead = NewOrganisation { id: organisation, name: self.organisation_name, reality: Reality::Real };
        organisations::insert(unit, &lead)
            .await
            .map_err(meaning("organisations_name_unique", || Code::AlreadyExists.into()))?;
        let new = NewUser {
            id: UserId::new(clock::new_id()),
            organisation,
            role: Role::Administrator,
            name: self.name,
            email: self.email,
            password_hash: Some(self.password_hash),
        };
        let user = users::insert(unit, &new).await?;
        let made =
            Event { organisation: Some(organisation), ..Event::about("user.created", "user", new.id.uuid()) };
        events::append(unit, &[made]).await?;
        session::begin(unit, &Passed::just_now(&user), self.device).await
    }
}
