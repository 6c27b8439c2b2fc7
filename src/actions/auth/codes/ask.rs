//! Somebody asks for a code or a link. Whether they are anybody is not looked up here: all that is written, and how long
//! that takes, is the same. The letter to a stranger is withheld when it would be sent (`actions/mail`).

use std::net::IpAddr;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use uuid::Uuid;

use super::{account, address_of, code_hash};
use crate::actions::auth::secret::{self, SecretKind};
use crate::actions::guessing::Asking;
use crate::actions::mail::{NewLetter, Post, Whom};
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::login_codes::{self, LoginCodeRow};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Six digits to be typed.
    Code,
    /// A link to be followed.
    Link,
}

impl Form {
    /// How long one is good.
    #[must_use]
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Code => TimeDelta::minutes(10),
            Self::Link => TimeDelta::minutes(15),
        }
    }
}

/// Ask for a code or a link.
#[derive(Clone)]
pub struct AskToLogIn {
    email: String,
    form: Form,
    asking: Asking,
    keys: Arc<Keys>,
    post: Post,
}

impl AskToLogIn {
    /// For the person with this address, if there is one, asked from there.
    #[must_use]
    pub fn new(keys: &Arc<Keys>, post: Post, (email, form): (String, Form), from: Option<IpAddr>) -> Self {
        let asking = Asking::of(keys, &email, from);
        Self { email, form, asking, keys: Arc::clone(keys), post }
    }
}

impl Action for AskToLogIn {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        self.asking.count(unit).await?;
        let id = clock::new_id();
        let expires_at = unit.now + self.form.lifetime();
        let (row, text) = match self.form {
            Form::Code => self.code(id, (unit.now, expires_at))?,
            Form::Link => self.link(id, (unit.now, expires_at))?,
        };
        login_codes::insert(unit, &row).await?;
        let letter = NewLetter {
            organisation: None,
            purpose: "login",
            whom: Whom::UsersOnly,
            to: &self.email,
            subject: "Log in to Birgemiz",
            text: &text,
            expires_at: Some(expires_at),
        };
        self.post.enqueue(unit, letter).await?;
        Ok(())
    }
}

const NOT_YOU: &str = "If you did not ask for this, nothing has happened: leave it, and tell it to nobody.";

impl AskToLogIn {
    fn code(&self, id: Uuid, times: (Moment, Moment)) -> Result<(LoginCodeRow, String), Refusal> {
        let code = format!("{:06}", u64::from_le_bytes(clock::random::<8>()?) % 1_000_000);
        let hash = code_hash(&self.keys, id, &code);
        let text =
            format!("{code} is your code for Birgemiz. It works once, within ten minutes.\n\n{NOT_YOU}\n");
        Ok((LoginCodeRow::new(id, times, account(&self.keys, &self.email), hash), text))
    }

    fn link(&self, id: Uuid, times: (Moment, Moment)) -> Result<(LoginCodeRow, String), Refusal> {
        let token = secret::make(SecretKind::LogIn)?;
        let address = self.keys.seal(&address_of(id), self.email.as_bytes())?;
        let url = self.post.public_url();
        let text = format!(
            "Log in to Birgemiz by this link. It works once, within a quarter of an hour.\n\n{url}/login#{token}\n\n{NOT_YOU}\n"
        );
        let row = LoginCodeRow::new(id, times, account(&self.keys, &self.email), secret::digest(&token));
        Ok((row.link(address), text))
    }
}
