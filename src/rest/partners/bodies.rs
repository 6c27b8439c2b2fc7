//! What is sent and answered about partner apps.

use chrono::{DateTime, Utc};
use domain::actor::Scope;
use domain::id::{CampaignId, OrganisationId, PartnerId};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::auth::assertion::{EdwardsCurve, EllipticCurve, PublicKey};
use crate::actions::create_partner::CreatePartner;
use crate::actions::set_partner_keys::MOST_KEYS;
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

/// The public keys of a partner app.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerKeysBody {
    /// The keys, five at most, each of another name.
    #[schema(max_items = 5)]
    pub keys: Vec<PublicKeyBody>,
}

/// A public key (RFC 7517). No private half: there is no field for one.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicKeyBody {
    /// Its name: the `kid` in the header of what it signs.
    #[schema(example = "2026-11", min_length = 1, max_length = 100)]
    pub kid: String,
    /// `OKP` for EdDSA, `EC` for ES256.
    #[schema(example = "OKP", max_length = 3)]
    pub kty: String,
    /// `Ed25519` with `OKP`, `P-256` with `EC`.
    #[schema(example = "Ed25519", max_length = 7)]
    pub crv: String,
    /// The key, or the first coordinate, in base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", max_length = 43)]
    pub x: String,
    /// The second coordinate of `EC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 43)]
    pub y: Option<String>,
}

impl PartnerKeysBody {
    /// The keys.
    ///
    /// # Errors
    /// Names the first that is none we verify by.
    pub fn keys(self) -> Result<Vec<PublicKey>, Problem> {
        if self.keys.len() > MOST_KEYS {
            return Err(Problem::field(Code::InvalidValue, "/keys", format!("up to {MOST_KEYS} keys")));
        }
        self.keys.into_iter().enumerate().map(|(place, key)| key.key(place)).collect()
    }
}

impl PublicKeyBody {
    fn key(self, place: usize) -> Result<PublicKey, Problem> {
        let Self { kid, kty, crv, x, y } = self;
        let kid = text::required(&kid, 100, &format!("/keys/{place}/kid"))?;
        match (kty.as_str(), crv.as_str(), y) {
            ("OKP", "Ed25519", None) => Ok(PublicKey::Edwards { kid, crv: EdwardsCurve::Ed25519, x }),
            ("EC", "P-256", Some(y)) => Ok(PublicKey::Elliptic { kid, crv: EllipticCurve::P256, x, y }),
            _ => Err(Problem::field(
                Code::InvalidValue,
                format!("/keys/{place}/kty"),
                "OKP with Ed25519 and x, or EC with P-256, x and y",
            )),
        }
    }
}

impl From<&Vec<PublicKey>> for PartnerKeysBody {
    fn from(keys: &Vec<PublicKey>) -> Self {
        let body = |key: &PublicKey| match key.clone() {
            PublicKey::Edwards { kid, x, .. } => {
                PublicKeyBody { kid, kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), x, y: None }
            }
            PublicKey::Elliptic { kid, x, y, .. } => {
                PublicKeyBody { kid, kty: "EC".to_owned(), crv: "P-256".to_owned(), x, y: Some(y) }
            }
        };
        Self { keys: keys.iter().map(body).collect() }
    }
}
