//! What is sent and answered about organisations.

use chrono::{DateTime, Utc};
use domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::storage::views::organisations::OrganisationRow;

/// An organisation to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganisationBody {
    /// Its name, unlike any other's.
    #[schema(example = "Akimat of Almaty", min_length = 1, max_length = 200)]
    pub name: String,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct OrganisationBody {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Akimat of Almaty")]
    pub name: String,
    /// Whether it is a sandbox: nobody in it is real, and it is counted nowhere.
    pub is_sandbox: bool,
    /// Whether its coordinators and administrators may work without an authenticator: `optional` or `demanded`.
    #[schema(example = "optional")]
    pub staff_authenticator: String,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&OrganisationRow> for OrganisationBody {
    fn from(row: &OrganisationRow) -> Self {
        Self {
            id: row.organisation(),
            name: row.name.clone(),
            is_sandbox: row.is_sandbox,
            staff_authenticator: row.staff_authenticator.clone(),
            created_at: row.created_at,
            version: row.version,
        }
    }
}
