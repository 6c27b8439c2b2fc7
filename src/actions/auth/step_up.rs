//! Step-up: what is most worth stealing is for those who showed who they are a moment ago, not for whoever holds a
//! telephone that was left unlocked.
//!
//! When that was is asked of the database, in the transaction that acts: a token says no more than who calls.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{SessionId, UserId};
use domain::refusal::Code;

use super::codes::CodeShown;
use super::end_sessions::person;
use super::second_factor::SecondFactor;
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::{Action, Answer, Call, Caller, Refusal, passwords, perform, read};
use crate::app::App;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::sessions;
use crate::storage::tables::users::{self, UserRow};

/// How long ago somebody may have shown who they are.
const RECENT: TimeDelta = TimeDelta::minutes(5);

/// Refuses people who showed who they are longer ago than five minutes. Every action that is worth it asks first. Partner
/// apps and the service itself have no session, and are not asked.
///
/// # Errors
/// `step_up_required`.
pub async fn require(unit: &mut Unit<'_>) -> Result<(), Refusal> {
    let Some(session) = unit.session else { return Ok(()) };
    let (_, user) = person(&unit.actor)?;
    require_of(unit, user, session).await
}

/// The same, of somebody within a session of theirs, whoever the unit of work acts as.
pub(super) async fn require_of(unit: &mut Unit<'_>, user: UserId, session: SessionId) -> Result<(), Refusal> {
    let at = sessions::authenticated_at(unit, (user, session)).await?;
    if at.is_some_and(|at| unit.now - at <= RECENT) {
        return Ok(());
    }
    Err(Code::StepUpRequired.into())
}

/// What somebody shows.
pub enum Shown {
    /// Their password.
    Password(String),
    /// A code that came in a letter.
    Code(String),
}

/// Until when somebody may do what asks for it.
#[derive(Debug, Clone, Copy)]
pub struct SteppedUp {
    /// Until then.
    pub until: Moment,
}

/// The caller shows once more who they are. What is guessed is counted as at a log-in, and so this is done as whoever logs
/// in does it; the password is checked between two units of work, so that no connection waits for a slow hash.
///
/// # Errors
/// As logging in.
pub async fn step_up(
    app: &App,
    call: Call,
    (shown, second): (Shown, SecondFactor),
    render: impl Fn(&SteppedUp) -> Answer + Send + Sync + 'static,
) -> Result<Answer, Refusal> {
    let (user, session) = read(app, &call, async |unit| {
        let (_, user) = person(&unit.actor)?;
        let session = unit.session.ok_or(Code::Unauthenticated)?;
        Ok((users::find(unit, user).await?.ok_or(Code::Unauthenticated)?, session))
    })
    .await?;
    let gate = Call { caller: Caller::Nobody, ..call };
    let guess = |target| Guess::from(&app.keys, target, second.from).at(&app.keys, target, &user.email);
    match shown {
        Shown::Password(password) => {
            let guess = guess(Target::Password);
            // Nobody is told whether a password is right once too many were wrong, and nothing is hashed for them.
            read(app, &gate, async |unit| guess.check(unit).await).await?;
            let matches = passwords::verify(password, user.password_hash.clone()).await?;
            let action = ByPassword { user, session, matches, second };
            perform(app, gate, Guessing { guess, action }, render).await
        }
        Shown::Code(code) => {
            let guess = guess(Target::LoginCode);
            let email = user.email.clone();
            let shown = CodeShown { guess, email, code, keys: Arc::clone(&app.keys) };
            perform(app, gate, ByCode { shown, user: user.user(), session, second }, render).await
        }
    }
}

#[derive(Clone)]
struct ByPassword {
    user: UserRow,
    session: SessionId,
    matches: bool,
    second: SecondFactor,
}

impl Action for ByPassword {
    type Done = SteppedUp;

    async fn run(self, unit: &mut Unit<'_>) -> Result<SteppedUp, Refusal> {
        // Whoever sets another password meanwhile is not outrun by the one before.
        let now = users::find_shared(unit, self.user.user()).await?;
        let same = now.is_some_and(|now| now.is_active() && now.password_hash == self.user.password_hash);
        if !(self.matches && same) {
            return Err(Code::WrongCredentials.into());
        }
        done(unit, (&self.user, self.session), &self.second).await
    }
}

#[derive(Clone)]
struct ByCode {
    shown: CodeShown,
    user: UserId,
    session: SessionId,
    second: SecondFactor,
}

impl Action for ByCode {
    type Done = SteppedUp;

    async fn run(self, unit: &mut Unit<'_>) -> Result<SteppedUp, Refusal> {
        let user = self.shown.accept(unit).await?;
        if user.user() != self.user {
            return Err(Code::WrongCredentials.into());
        }
        done(unit, (&user, self.session), &self.second).await
    }
}

async fn done(
    unit: &mut Unit<'_>,
    (user, session): (&UserRow, SessionId),
    second: &SecondFactor,
) -> Result<SteppedUp, Refusal> {
    second.pass(unit, user).await?;
    if !sessions::authenticated(unit, user.user(), session).await? {
        return Err(Code::Unauthenticated.into());
    }
    let stepped_up =
        Event { organisation: Some(user.organisation()), ..Event::about("user.stepped_up", "user", user.id) };
    events::append(unit, &[stepped_up]).await?;
    Ok(SteppedUp { until: unit.now + RECENT })
}
