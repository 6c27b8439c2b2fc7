//! Sessions are ended from elsewhere: by their person, or by whoever answers for a person whose telephone is gone.

use domain::actor::Actor;
use domain::id::{OrganisationId, SessionId, UserId, VolunteerId};
use domain::refusal::Code;
use domain::session::SessionEnd;

use super::session;
use crate::actions::whose::{self, Whose};
use crate::actions::{Action, Refusal, permission};
use crate::storage::Unit;
use crate::storage::tables::users;

/// End a session of the caller's own, this one or another.
#[derive(Clone)]
pub struct EndMySession {
    /// Which.
    pub session: SessionId,
}

impl Action for EndMySession {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let whose = person(&unit.actor)?;
        if session::end(unit, whose, self.session, SessionEnd::EndedByPerson).await? {
            return Ok(());
        }
        Err(Refusal::not_found())
    }
}

/// End every session of somebody.
#[derive(Clone)]
pub struct EndSessions {
    /// Whose.
    pub of: SessionsOf,
}

/// Whose sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionsOf {
    /// Anybody's; administrators only.
    User(UserId),
    /// A volunteer's of the coordinator's organisation.
    Volunteer(VolunteerId),
}

impl Action for EndSessions {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let whose = match self.of {
            SessionsOf::User(user) => {
                permission::administrator(&unit.actor)?;
                let row = users::find(unit, user).await?.ok_or_else(Refusal::not_found)?;
                (row.organisation(), user)
            }
            SessionsOf::Volunteer(volunteer) => {
                let row = whose::find_locked(unit, Whose::Of(volunteer)).await?;
                (row.organisation(), UserId::new(row.user_id))
            }
        };
        session::end_all(unit, whose, SessionEnd::EndedByStaff).await
    }
}

/// The person who acts.
///
/// # Errors
/// When nobody does who could log in.
pub fn person(actor: &Actor) -> Result<(OrganisationId, UserId), Refusal> {
    match actor {
        Actor::Administrator { user, organisation }
        | Actor::Coordinator { user, organisation }
        | Actor::Volunteer { user, organisation, .. } => Ok((*organisation, *user)),
        Actor::Partner { .. } | Actor::System | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}
