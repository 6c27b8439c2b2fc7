//! What is sent and answered about invitations.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, InvitationId, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::storage::views::invitations::InvitationRow;

/// An invitation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitationBody {
    /// With whom volunteers register: a coordinator leaves it out, an administrator tells it.
    pub organisation_id: Option<OrganisationId>,
    /// Where they serve.
    pub area_id: AreaId,
    /// How many may register by it.
    #[schema(minimum = 1, maximum = 10000, example = 200)]
    pub max_uses: u32,
    /// Until when, at most a year from now.
    pub expires_at: DateTime<Utc>,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub struct InvitationBody {
    /// Its id.
    pub id: InvitationId,
    /// With whom volunteers register.
    pub organisation_id: OrganisationId,
    /// Where they serve.
    pub area_id: AreaId,
    /// How many may register by it.
    pub max_uses: i32,
    /// How many have.
    pub uses: i32,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl From<&InvitationRow> for InvitationBody {
    fn from(row: &InvitationRow) -> Self {
        Self {
            id: row.invitation(),
            organisation_id: row.organisation(),
            area_id: AreaId::new(row.area_id),
            max_uses: row.max_uses,
            uses: row.uses,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
        }
    }
}

/// An invitation with its code.
#[derive(Serialize, ToSchema)]
pub struct InvitationWithCodeBody {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: InvitationBody,
    /// What volunteers type: ten letters and digits, none mistaken for another. Shown this once;
    /// absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7K3QF9XW2M")]
    pub code: Option<String>,
}
