//! What is sent and answered when somebody logs in.

use domain::actor::Role;
use domain::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
}

/// A partner app's credentials (RFC 6749, section 4.4.2), form-encoded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerTokenForm {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// The partner's id.
    #[schema(example = "key_01jd9x0q3vfhz8w2k5m7n6t4ra")]
    pub client_id: String,
    /// The partner's secret.
    pub client_secret: String,
    /// Scopes, separated by spaces; all that the partner has when absent.
    #[schema(example = "households:write requests:write")]
    pub scope: Option<String>,
}

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
