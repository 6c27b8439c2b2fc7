//! A person logs in with address and password, and a session begins.

use domain::refusal::Code;

use super::second_factor::SecondFactor;
use super::session::{self, Session};
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::{Action, Answer, Call, Refusal, passwords, perform, read};
use crate::app::App;
use crate::storage::Unit;
use crate::storage::tables::users::{self, UserRow};

/// What somebody shows to log in.
pub struct Credentials {
    /// Their address for letters.
    pub email: String,
    /// Their password.
    pub password: String,
    /// What they show beside it.
    pub second: SecondFactor,
    /// What their device says of itself.
    pub device: Option<String>,
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
    let Credentials { email, password, second, device } = credentials;
    let guess = Guess::from(&app.keys, Target::Password, second.from).at(&app.keys, Target::Password, &email);
    let found = read(app, &call, async |unit| {
        guess.check(unit).await?;
        Ok(users::find_by_email(unit, &email).await?.filter(UserRow::is_active))
    })
    .await?;
    let stored = found.as_ref().and_then(|user| user.password_hash.clone());
    let matches = passwords::verify(password, stored).await?;
    let shown = found.filter(|_| matches);
    perform(app, call, Guessing { guess, action: EndLogIn { shown, second, device } }, render).await
}

/// Begins a session for a person who has shown who they are.
#[derive(Clone)]
struct EndLogIn {
    shown: Option<UserRow>,
    second: SecondFactor,
    device: Option<String>,
}

impl Action for EndLogIn {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let user = match self.shown {
            // Whoever sets another password meanwhile ends all sessions, and this would not be among them.
            Some(shown) => users::find_shared(unit, shown.user())
                .await?
                .filter(|user| user.is_active() && user.password_hash == shown.password_hash),
            None => None,
        };
        match user {
            Some(user) => {
                let passed = self.second.pass(unit, &user).await?;
                session::begin(unit, &passed, self.device).await
            }
            None => Err(Code::WrongCredentials.into()),
        }
    }
}
