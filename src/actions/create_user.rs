//! A coordinator or administrator is entered. They set their password by a link that works once.

use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use domain::refusal::Code;

use super::auth::secret::{self, SecretKind};
use super::auth::step_up;
use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::one_time_links::{self, LinkPurpose};
use crate::storage::tables::organisations;
use crate::storage::tables::users::{self, NewUser, UserRow};

/// How long a link to set a password works: over a holiday, but not for ever in a mailbox.
const LINK_DAYS: i64 = 7;

/// Enter a coordinator or administrator.
#[derive(Clone)]
pub struct CreateUser {
    /// For whom they work.
    pub organisation: OrganisationId,
    /// What they are here.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
}

/// A person who may set their password.
#[derive(Clone)]
pub struct Invited {
    /// The person.
    pub user: UserRow,
    /// What the link ends with. Shown once.
    pub token: String,
}

impl Action for CreateUser {
    type Done = Invited;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Invited, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        if self.role == Role::Volunteer {
            return Err(Refusal::flaw(
                "/role",
                "coordinator or administrator; volunteers register themselves",
            ));
        }
        if organisations::find(unit, self.organisation).await?.is_none() {
            return Err(Refusal::flaw("/organisation_id", "no such organisation"));
        }
        let new = NewUser {
            id: UserId::new(clock::new_id()),
            organisation: self.organisation,
            role: self.role,
            name: self.name,
            email: self.email,
            password_hash: None,
        };
        let user = users::insert(unit, &new).await.map_err(meaning("users_email_unique", || {
            Refusal::because(Code::AlreadyExists, "somebody with this e-mail address is entered already")
        }))?;
        let token = link(unit, &user).await?;
        let created = Event {
            organisation: Some(self.organisation),
            changes: vec![Change::made("user", new.id, "active")],
            ..Event::about("user.created", "user", user.id)
        };
        events::append(unit, &[created]).await?;
        Ok(Invited { user, token })
    }
}

/// Makes a link by which a person sets their password; earlier ones work no more.
pub(super) async fn link(unit: &mut Unit<'_>, user: &UserRow) -> Result<String, Refusal> {
    one_time_links::forget_of(unit, user.user()).await?;
    let token = secret::make(SecretKind::Link)?;
    let purpose = LinkPurpose::SetPassword { organisation: user.organisation(), user: user.user() };
    let expires_at = unit.now + chrono::TimeDelta::days(LINK_DAYS);
    one_time_links::insert(unit, &secret::digest(&token), purpose, expires_at).await?;
    Ok(token)
}
