//! What is sent and answered when somebody logs in.

use chrono::{DateTime, Utc};
use domain::actor::Role;
use domain::id::{SessionId, UserId};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::auth::{issue_partner_token as partner, step_up};
use crate::rest::problem::Problem;
use crate::rest::text;

/// Makes the first organisation and its administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpBody {
    /// The part of the one-time link behind the #.
    pub token: String,
    /// The organisation's name.
    #[schema(example = "Akimat of Almaty", min_length = 1, max_length = 200)]
    pub organisation_name: String,
    /// The administrator's name.
    #[schema(example = "Aigerim Serik", min_length = 1, max_length = 200)]
    pub name: String,
    /// The administrator's e-mail address.
    #[schema(example = "admin@example.org")]
    pub email: String,
    /// Their password, 12 to 200 characters.
    #[schema(example = "correct horse battery staple", min_length = 12, max_length = 200)]
    pub password: String,
}

impl SetUpBody {
    /// Checks what can be checked without the database.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn check(self) -> Result<Self, Problem> {
        Ok(Self {
            organisation_name: text::name(&self.organisation_name, "/organisation_name")?,
            name: text::name(&self.name, "/name")?,
            email: text::email(&self.email, "/email")?,
            ..self
        })
    }
}

/// Sets a password by a one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPasswordBody {
    /// The token of the link.
    pub token: String,
    /// The password, 12 to 200 characters.
    #[schema(min_length = 12, max_length = 200)]
    pub password: String,
    /// Of whoever has an authenticator: the six digits that it shows now, or a recovery code.
    #[schema(example = "492039", max_length = 20)]
    pub authenticator_code: Option<String>,
}

/// Logs a person in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogInBody {
    /// Their e-mail address.
    #[schema(example = "coordinator@example.org")]
    pub email: String,
    /// Their password.
    #[schema(example = "correct horse battery staple")]
    pub password: String,
    /// Of whoever has an authenticator: the six digits that it shows now, or a recovery code.
    #[schema(example = "492039", max_length = 20)]
    pub authenticator_code: Option<String>,
}

/// Asks for a code or a link to log in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskCodeBody {
    /// The person's e-mail address.
    #[schema(example = "volunteer@example.org")]
    pub email: String,
    /// What to send.
    #[serde(default)]
    pub form: CodeForm,
}

/// What somebody logs in with who has their letters.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeForm {
    /// Six digits, good for ten minutes.
    #[default]
    Code,
    /// A link, good for a quarter of an hour.
    Link,
}

/// What was asked for, whether or not anybody has that address.
#[derive(Serialize, ToSchema)]
pub struct CodeAskedBody {
    /// What is sent.
    pub form: CodeForm,
    /// For how many seconds it is good.
    pub expires_in: i64,
}

/// Logs in by what came in a letter: a code with its address, or the token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemCodeBody {
    /// The address to which the code was sent.
    #[schema(example = "volunteer@example.org")]
    pub email: Option<String>,
    /// The code's six digits.
    #[schema(example = "904177", min_length = 6, max_length = 6)]
    pub code: Option<String>,
    /// The part of the link behind the #; neither address nor code then.
    pub token: Option<String>,
    /// Of whoever has an authenticator: the six digits that it shows now, or a recovery code.
    #[schema(example = "492039", max_length = 20)]
    pub authenticator_code: Option<String>,
}

/// What was shown.
pub(super) enum Shown {
    /// A code that came to this address.
    Code { email: String, code: String },
    /// A link's token.
    Link(String),
}

impl RedeemCodeBody {
    /// Which of the two it is.
    ///
    /// # Errors
    /// When it is neither or both, or no code.
    pub(super) fn shown(self) -> Result<Shown, Problem> {
        match (self.email, self.code, self.token) {
            (None, None, Some(token)) => Ok(Shown::Link(token)),
            (Some(email), Some(code), None) => Ok(Shown::Code { email, code: digits(&code)? }),
            (_, _, Some(_)) => Err(Problem::field(Code::InvalidValue, "/token", "without email and code")),
            (None, _, None) => Err(Problem::field(Code::InvalidValue, "/email", "with code, or token alone")),
            (Some(_), None, None) => Err(Problem::field(Code::InvalidValue, "/code", "six digits")),
        }
    }
}

/// Shows once more who somebody is: their password, or a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpBody {
    /// Their password.
    #[schema(example = "correct horse battery staple")]
    pub password: Option<String>,
    /// The six digits that came to their address; no password then.
    #[schema(example = "904177", min_length = 6, max_length = 6)]
    pub code: Option<String>,
    /// Of whoever has an authenticator: the six digits that it shows now, or a recovery code.
    #[schema(example = "492039", max_length = 20)]
    pub authenticator_code: Option<String>,
}

/// Until when somebody may do what asks for it.
#[derive(Serialize, ToSchema)]
pub(super) struct SteppedUpBody {
    /// Until then.
    pub until: DateTime<Utc>,
}

impl StepUpBody {
    /// Which of the two it is.
    ///
    /// # Errors
    /// When it is neither or both, or no code.
    pub(super) fn shown(self) -> Result<step_up::Shown, Problem> {
        match (self.password, self.code) {
            (Some(password), None) => Ok(step_up::Shown::Password(password)),
            (None, Some(code)) => Ok(step_up::Shown::Code(digits(&code)?)),
            _ => Err(Problem::field(Code::InvalidValue, "/password", "password or code, one of them")),
        }
    }
}

/// A code's six digits, however they are spaced.
fn digits(code: &str) -> Result<String, Problem> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(digits);
    }
    Err(Problem::field(Code::InvalidValue, "/code", "six digits"))
}

/// Names a session by its latest refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// The latest refresh token.
    pub refresh_token: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Gives the next session token, once.
    pub refresh_token: String,
    /// Which session this is, among those of the same person.
    pub session_id: SessionId,
    /// Who is logged in.
    pub user_id: UserId,
    /// In which role.
    pub role: Role,
    /// There, and true, when an authenticator must be set up before anything else is done: `beginAuthenticator`. The
    /// session lasts a quarter of an hour then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub awaits_authenticator: bool,
}

/// A partner app's credentials (RFC 6749, section 4.4.2), form-encoded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerTokenForm {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// The partner's id. An assertion says it too.
    #[schema(example = "key_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub client_id: String,
    /// The partner's secret, where it signs no assertion.
    pub client_secret: Option<String>,
    /// With an assertion always `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    pub client_assertion_type: Option<String>,
    /// A JWT that the partner has signed (RFC 7523): `iss` and `sub` its id, `aud` the URL of this call, `exp` at most
    /// five minutes after `iat`, and a `jti` of its own each time.
    pub client_assertion: Option<String>,
    /// Scopes, separated by spaces; all that the partner has when absent.
    #[schema(example = "households:write requests:write")]
    pub scope: Option<String>,
}

impl PartnerTokenForm {
    /// What is shown: a secret, or an assertion for that audience.
    ///
    /// # Errors
    /// When it is neither or both.
    pub(super) fn shown(&self, audience: String) -> Result<partner::Shown, Problem> {
        match (&self.client_secret, &self.client_assertion_type, &self.client_assertion) {
            (Some(secret), None, None) => Ok(partner::Shown::Secret(secret.clone())),
            (None, Some(kind), Some(assertion)) if kind == ASSERTION_TYPE => {
                Ok(partner::Shown::Assertion { assertion: assertion.clone(), audience })
            }
            (None, _, Some(_)) => {
                Err(Problem::field(Code::InvalidValue, "/client_assertion_type", ASSERTION_TYPE))
            }
            _ => Err(Problem::field(Code::InvalidValue, "/client_secret", "it, or an assertion")),
        }
    }
}

/// RFC 7523, section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An access token for a partner app.
#[derive(Serialize, ToSchema)]
pub struct PartnerTokenBody {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// The scopes that were granted.
    pub scope: String,
}
