//! What is sent and answered about partner apps.

use chrono::{DateTime, Utc};
use domain::actor::Scope;
use domain::id::{CampaignId, OrganisationId, PartnerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::create_partner::CreatePartner;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::partners::PartnerRow;

/// A partner app to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePartnerBody {
    /// For which organisation it files.
    pub organisation_id: OrganisationId,
    /// In which campaign; the organisation must take part.
    pub campaign_id: CampaignId,
    /// Its name.
    #[schema(example = "Hotline 1414", min_length = 1, max_length = 200)]
    pub name: String,
    /// What it may do.
    #[schema(example = json!(["households:write", "requests:write"]), min_items = 1)]
    pub scopes: Vec<Scope>,
}

impl TryFrom<CreatePartnerBody> for CreatePartner {
    type Error = Problem;

    fn try_from(body: CreatePartnerBody) -> Result<Self, Problem> {
        Ok(Self {
            organisation: body.organisation_id,
            campaign: body.campaign_id,
            name: text::name(&body.name, "/name")?,
            scopes: body.scopes,
        })
    }
}

/// A partner app.
#[derive(Serialize, ToSchema)]
pub struct PartnerBody {
    /// Its id, by which it asks for tokens too.
    pub client_id: PartnerId,
    /// For which organisation it files.
    pub organisation_id: OrganisationId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    #[schema(example = "Hotline 1414")]
    pub name: String,
    /// What it may do.
    #[schema(example = json!(["households:write", "requests:write"]))]
    pub scopes: Vec<String>,
    /// `active` or `revoked`.
    #[schema(example = "active")]
    pub status: String,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&PartnerRow> for PartnerBody {
    fn from(row: &PartnerRow) -> Self {
        Self {
            client_id: row.partner(),
            organisation_id: row.organisation(),
            campaign_id: CampaignId::new(row.campaign_id),
            name: row.name.clone(),
            scopes: row.scopes.iter().flatten().cloned().collect(),
            status: row.status.clone(),
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// A partner app with its secret.
#[derive(Serialize, ToSchema)]
pub struct CredentialsBody {
    /// The partner app.
    #[serde(flatten)]
    pub partner: PartnerBody,
    /// Its secret. Shown this once; absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bps_...")]
    pub client_secret: Option<String>,
}
