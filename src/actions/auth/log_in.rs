//! A person logs in with address and password, and a session begins.

use std::net::IpAddr;

use domain::actor::Role;
use domain::id::UserId;
use domain::refusal::Code;
use uuid::Uuid;

use super::secret::{self, SecretKind};
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::{Action, Answer, Call, Refusal, passwords, perform, read};
use crate::app::App;
use crate::clock;
use crate::storage::Unit;
use crate::storage::tables::sessions::{self, RefreshRow};
use crate::storage::tables::users::{self, UserRow};

/// How long a session lasts at most.
const SESSION_DAYS: i64 = 30;

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// Renews it, once.
    pub refresh_token: String,
    /// When it began or was renewed.
    pub now: domain::Moment,
}

/// What somebody shows to log in.
pub struct Credentials {
    /// Their address for letters.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Where they call from, where that is known.
    pub from: Option<IpAddr>,
}

/// Logs a person in. The password is checked between two units of work, so that no connection waits
/// for a slow hash.
///
/// # Errors
/// With the same refusal for an unknown address, a wrong password and a disabled account.
pub async fn log_in(
    app: &App,
    call: Call,
    credentials: Credentials,
    render: impl Fn(&Session) -> Answer + Send + Sync + 'static,
) -> Result<Answer, Refusal> {
    let Credentials { email, password, from } = credentials;
    let guess = Guess::from(&app.keys, Target::Password, from).at(&app.keys, Target::Password, &email);
    let found = read(app, &call, async |unit| {
        guess.check(unit).await?;
        Ok(users::find_by_email(unit, &email).await?.filter(UserRow::is_active))
    })
    .await?;
    let stored = found.as_ref().and_then(|user| user.password_hash.clone());
    let matches = passwords::verify(password, stored).await?;
    let shown = found.filter(|_| matches).map(|user| user.user());
    perform(app, call, Guessing { guess, action: EndLogIn { shown } }, render).await
}

/// Begins a session for a person who has shown who they are.
#[derive(Clone)]
struct EndLogIn {
    shown: Option<UserId>,
}

impl Action for EndLogIn {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let user = match self.shown {
            Some(id) => users::find(unit, id).await?.filter(UserRow::is_active),
            None => None,
        };
        match user {
            Some(user) => begin(unit, &user).await,
            None => Err(Code::WrongCredentials.into()),
        }
    }
}

/// Begins a session for somebody who has shown who they are.
pub(super) async fn begin(unit: &mut Unit<'_>, user: &UserRow) -> Result<Session, Refusal> {
    let expires_at = unit.now + chrono::TimeDelta::days(SESSION_DAYS);
    let refresh_token = issue(unit, user, clock::new_id(), expires_at).await?;
    Ok(Session { user: user.user(), role: user.role()?, refresh_token, now: unit.now })
}

/// Keeps a new refresh token of a session and answers it.
pub(super) async fn issue(
    unit: &mut Unit<'_>,
    user: &UserRow,
    family: Uuid,
    expires_at: domain::Moment,
) -> Result<String, Refusal> {
    let token = secret::make(SecretKind::Refresh)?;
    let row = RefreshRow {
        token_hash: secret::digest(&token),
        family_id: family,
        organisation_id: user.organisation_id,
        user_id: user.id,
        issued_at: unit.now,
        expires_at,
        used_at: None,
        child_hash: None,
        revoked_at: None,
    };
    sessions::insert(unit, &row).await?;
    Ok(token)
}
