//! Authenticators are set up, removed, and demanded by organisations.
//!
//! Who must set one up may do nothing else yet: to the rest of the service they are nobody. So setting up is done as whoever
//! logs in does it, within a session that is looked up here.

use std::sync::Arc;

use domain::actor::Role;
use domain::id::{OrganisationId, SessionId, UserId};
use domain::refusal::Code;
use domain::session::{AuthenticatorRule, SessionEnd};

use super::end_sessions::person;
use super::second_factor::{self, Passed, SecondFactor};
use super::session::{self, Session};
use super::step_up;
use crate::actions::{Action, Call, Caller, Refusal, permission, seen};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::authenticators;
use crate::storage::tables::organisations::{self, OrganisationRow};
use crate::storage::tables::users::{self, UserRow};

/// Somebody within a session of theirs.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    user: UserId,
    session: SessionId,
}

impl Within {
    /// Who calls, and the call as whoever logs in makes it.
    ///
    /// # Errors
    /// When nobody does who has a session.
    pub fn of(call: Call) -> Result<(Self, Call), Refusal> {
        match call.caller {
            Caller::Person { user, session: Some(session), .. } => {
                Ok((Self { user, session }, Call { caller: Caller::Nobody, ..call }))
            }
            Caller::Person { .. } | Caller::Partner { .. } | Caller::System | Caller::Nobody => {
                Err(Code::Unauthenticated.into())
            }
        }
    }

    /// The coordinator or administrator, if they showed a moment ago who they are.
    async fn person(self, unit: &mut Unit<'_>) -> Result<UserRow, Refusal> {
        let user = users::find_shared(unit, self.user).await?.filter(UserRow::is_active);
        let user = user.ok_or(Code::Unauthenticated)?;
        step_up::require_of(unit, self.user, self.session).await?;
        if user.role()? == Role::Volunteer {
            return Err(Code::Forbidden.into());
        }
        Ok(user)
    }
}

/// Begin to set up an authenticator: make its secret.
#[derive(Clone)]
pub struct BeginAuthenticator {
    /// Who.
    pub within: Within,
}

/// What an app must know.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its secret, in base 32.
    pub secret: String,
    /// The same as an address, to be shown as a picture.
    pub url: String,
}

impl Action for BeginAuthenticator {
    type Done = Begun;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Begun, Refusal> {
        let user = self.within.person(unit).await?;
        let secret = second_factor::new_secret()?;
        if !authenticators::begin(unit, (user.organisation(), user.user()), &secret).await? {
            return Err(Refusal::because(Code::WrongState, "remove the authenticator that there is first"));
        }
        let (secret, url) = second_factor::told(&secret, &user.email)?;
        Ok(Begun { secret, url })
    }
}

/// Show a first code of it. From then on it is asked for, and who was logged in without it is so no more.
#[derive(Clone)]
pub struct ConfirmAuthenticator {
    /// Who.
    pub within: Within,
    /// What they show.
    pub second: SecondFactor,
    /// What their device says of itself.
    pub device: Option<String>,
}

/// An authenticator that is asked for from now on.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// A session that began with it.
    pub session: Session,
    /// The recovery codes, shown this once.
    pub recovery_codes: Vec<String>,
}

impl Action for ConfirmAuthenticator {
    type Done = Confirmed;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Confirmed, Refusal> {
        let user = self.within.person(unit).await?;
        let owner = (user.organisation(), user.user());
        let row = authenticators::find_locked(unit, owner).await?.filter(|row| row.confirmed_at.is_none());
        let row = row.ok_or_else(|| Refusal::because(Code::WrongState, "begin to set one up first"))?;
        let guess = self.second.limits(&user);
        guess.check(unit).await?;
        let secret = authenticators::secret(unit, &row).await?;
        let code = self.second.shown.as_deref().unwrap_or_default();
        let Some(step) = second_factor::step_of(&secret, code, unit.now)? else {
            let wrong = guess.was_wrong(unit, Code::WrongAuthenticatorCode.into()).await?;
            return Err(wrong.keeping_effects());
        };
        let recovery_codes = second_factor::new_recovery_codes()?;
        let hash = |code: &String| second_factor::recovery_hash(&self.second.keys, owner.1, code);
        let hashes: Vec<Vec<u8>> = recovery_codes.iter().map(hash).collect();
        authenticators::confirm(unit, owner, (step, &hashes)).await?;
        events::append(unit, &[about(&user, "user.authenticator_enrolled")]).await?;
        session::end_all(unit, owner, SessionEnd::AuthenticatorChanged).await?;
        let session = session::begin(unit, &Passed::just_now(&user), self.device).await?;
        Ok(Confirmed { session, recovery_codes })
    }
}

/// Remove an authenticator, confirmed or not. Its person is logged out.
#[derive(Debug, Clone, Copy)]
pub struct RemoveAuthenticator {
    /// Whose.
    pub of: AuthenticatorOf,
}

/// Whose authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorOf {
    /// The caller's own.
    Mine,
    /// Anybody's, whose telephone is gone; administrators only.
    User(UserId),
}

impl Action for RemoveAuthenticator {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let user = match self.of {
            AuthenticatorOf::Mine => person(&unit.actor)?.1,
            AuthenticatorOf::User(user) => {
                permission::administrator(&unit.actor)?;
                user
            }
        };
        step_up::require(unit).await?;
        let user = users::find(unit, user).await?.ok_or_else(Refusal::not_found)?;
        let owner = (user.organisation(), user.user());
        if !authenticators::remove(unit, owner).await? {
            return Err(Refusal::not_found());
        }
        events::append(unit, &[about(&user, "user.authenticator_removed")]).await?;
        session::end_all(unit, owner, SessionEnd::AuthenticatorChanged).await
    }
}

/// Say whether an organisation's coordinators and administrators must have an authenticator.
#[derive(Debug, Clone, Copy)]
pub struct SetAuthenticatorRule {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// Whether they must.
    pub rule: AuthenticatorRule,
}

impl Action for SetAuthenticatorRule {
    type Done = OrganisationRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<OrganisationRow, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        let row = organisations::set_authenticator_rule(unit, self.organisation, self.rule)
            .await?
            .ok_or_else(Refusal::not_found)?;
        // What was written holds the row's lock, and is undone where it was seen otherwise.
        seen::compare(unit, row.version - 1)?;
        let set = Event {
            organisation: Some(self.organisation),
            reason: Some(self.rule.as_str().to_owned()),
            ..Event::about("organisation.authenticator_rule_set", "organisation", row.id)
        };
        events::append(unit, &[set]).await?;
        if self.rule == AuthenticatorRule::Demanded {
            let (_, caller) = person(&unit.actor)?;
            if !authenticators::is_confirmed(unit, caller).await? {
                let detail = "set up an authenticator of your own first, so that somebody can work";
                return Err(Refusal::because(Code::WrongState, detail));
            }
            for user in authenticators::staff_without(unit, self.organisation).await? {
                session::end_all(unit, (self.organisation, user), SessionEnd::AuthenticatorChanged).await?;
            }
        }
        Ok(row)
    }
}

fn about(user: &UserRow, kind: &'static str) -> Event {
    Event { organisation: Some(user.organisation()), ..Event::about(kind, "user", user.id) }
}

/// What somebody shows, as a call brought it.
pub fn shown(
    keys: &Arc<crate::keys::Keys>,
    shown: Option<String>,
    from: Option<std::net::IpAddr>,
) -> SecondFactor {
    SecondFactor { shown, from, keys: Arc::clone(keys) }
}
