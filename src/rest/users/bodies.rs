//! What is sent and answered about people who can log in.

use chrono::{DateTime, Utc};
use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::create_user::CreateUser;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::users::UserRow;

/// A coordinator or administrator to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUserBody {
    /// For whom they work.
    pub organisation_id: OrganisationId,
    /// `coordinator` or `administrator`.
    pub role: Role,
    /// Their name.
    #[schema(example = "Dana Omarova", min_length = 1, max_length = 200)]
    pub name: String,
    /// Their e-mail address, by which they log in.
    #[schema(example = "dana@example.org")]
    pub email: String,
}

impl TryFrom<CreateUserBody> for CreateUser {
    type Error = Problem;

    fn try_from(body: CreateUserBody) -> Result<Self, Problem> {
        Ok(Self {
            organisation: body.organisation_id,
            role: body.role,
            name: text::name(&body.name, "/name")?,
            email: text::email(&body.email, "/email")?,
        })
    }
}

/// Somebody who can log in.
#[derive(Serialize, ToSchema)]
pub struct UserBody {
    /// Their id.
    pub id: UserId,
    /// For whom they work.
    pub organisation_id: OrganisationId,
    /// What they are here.
    #[schema(example = "coordinator")]
    pub role: String,
    /// Their name.
    #[schema(example = "Dana Omarova")]
    pub name: String,
    /// Their e-mail address.
    #[schema(example = "dana@example.org")]
    pub email: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    /// Whether they have set a password yet.
    pub has_password: bool,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&UserRow> for UserBody {
    fn from(row: &UserRow) -> Self {
        Self {
            id: row.user(),
            organisation_id: row.organisation(),
            role: row.role.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            status: row.status.clone(),
            has_password: row.password_hash.is_some(),
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Somebody who may set their password.
#[derive(Serialize, ToSchema)]
pub struct InvitedUserBody {
    /// Who.
    #[serde(flatten)]
    pub user: UserBody,
    /// The page where they set it, once, within a week. Shown this once; absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://birgemiz.example.org/password#bol_...")]
    pub password_link: Option<String>,
}
