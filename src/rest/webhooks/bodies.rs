//! What is sent and answered about receivers of webhooks.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::event::Pattern;
use domain::id::{AreaId, EventId, OrganisationId, PartnerId, WebhookId};
use domain::refusal::Code;
use domain::webhook::{DisabledReason, Signing, WebhookStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::webhooks::{Change, CreateEndpoint, Made};
use crate::app::App;
use crate::rest::patch::given;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::webhooks::{AttemptRow, EndpointRow, Replayed, Wishes};

/// The longest description.
const DESCRIPTION: usize = 200;

/// A receiver of webhooks to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookBody {
    /// Where events are posted: https, at a host on the public internet.
    #[schema(example = "https://hotline.example.org/birgemiz", max_length = 2000)]
    pub url: String,
    /// What you call it.
    #[schema(max_length = 200)]
    pub description: Option<String>,
    /// Kinds of events or families of them; everything that you may know of when absent or empty.
    #[schema(example = json!(["request.*", "household.verified"]), max_items = 100)]
    #[serde(default)]
    pub events: Vec<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// How deliveries are signed; `v1` when absent.
    pub signing: Option<Signing>,
}

impl CreateWebhookBody {
    /// The action that it asks for.
    ///
    /// # Errors
    /// Names the field that is not as it must be.
    pub fn action(self, app: &App) -> Result<CreateEndpoint, Problem> {
        Ok(CreateEndpoint {
            wishes: Wishes {
                url: self.url,
                description: text::optional(self.description.as_deref(), DESCRIPTION, "/description")?,
                patterns: patterns(&self.events)?,
                area: self.area_id,
            },
            signing: self.signing.unwrap_or(Signing::V1),
            reach: app.courier.reach(),
            keys: Arc::clone(&app.keys),
        })
    }
}

/// What is different now; absent fields stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhookBody {
    /// Where events are posted.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, max_length = 2000)]
    pub url: Option<String>,
    /// What you call it; null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub description: Option<Option<String>>,
    /// Kinds of events or families of them; everything when empty.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>, nullable = false, max_items = 100)]
    pub events: Option<Vec<String>>,
    /// Only of this area; null for all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AreaId>)]
    pub area_id: Option<Option<AreaId>>,
}

impl TryFrom<ChangeWebhookBody> for Change {
    type Error = Problem;

    fn try_from(body: ChangeWebhookBody) -> Result<Self, Problem> {
        let description = |text: Option<String>| text::optional(text.as_deref(), DESCRIPTION, "/description");
        Ok(Self {
            url: body.url,
            description: body.description.map(description).transpose()?,
            patterns: body.events.as_deref().map(patterns).transpose()?,
            area: body.area_id,
        })
    }
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, Problem> {
    texts
        .iter()
        .enumerate()
        .map(|(place, text)| {
            text.parse().map_err(|_| {
                let detail = "a kind such as request.claimed or a family such as request.*";
                Problem::field(Code::InvalidValue, format!("/events/{place}"), detail)
            })
        })
        .collect()
}

/// A receiver of webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookBody {
    /// Its id.
    pub id: WebhookId,
    /// The organisation that owns it.
    pub organisation_id: OrganisationId,
    /// The partner app that does; absent where the organisation itself does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<PartnerId>,
    /// Where events are posted.
    #[schema(example = "https://hotline.example.org/birgemiz")]
    pub url: String,
    /// What you call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Kinds of events or families of them; everything when empty.
    #[schema(example = json!(["request.*"]))]
    pub events: Vec<String>,
    /// Only of this area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_id: Option<AreaId>,
    /// Whether anything is sent.
    #[schema(value_type = WebhookStatus)]
    pub status: String,
    /// Why nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DisabledReason>, nullable = false)]
    pub disabled_reason: Option<String>,
    /// How deliveries are signed.
    #[schema(value_type = Signing)]
    pub signing: String,
    /// Since when nothing could be delivered; absent while things are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<DateTime<Utc>>,
    /// It asked for rest until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<DateTime<Utc>>,
    /// Until then deliveries are signed by the secret before as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&EndpointRow> for WebhookBody {
    fn from(row: &EndpointRow) -> Self {
        Self {
            id: row.endpoint(),
            organisation_id: row.organisation(),
            partner_id: row.partner(),
            url: row.url.clone(),
            description: row.description.clone(),
            events: row.patterns.iter().flatten().cloned().collect(),
            area_id: row.area_id.map(AreaId::new),
            status: row.status.clone(),
            disabled_reason: row.disabled_reason.clone(),
            signing: row.signing.clone(),
            failing_since: row.failing_since,
            paused_until: row.paused_until,
            previous_secret_until: row.previous_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A receiver of webhooks, with what verifies its deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWithSecretBody {
    /// The receiver.
    #[serde(flatten)]
    pub endpoint: WebhookBody,
    /// With `v1` the secret (`whsec_`), with `v1a` the public key (`whpk_`). Shown this once; absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_...")]
    pub secret: Option<String>,
}

impl WebhookWithSecretBody {
    /// As it is shown once.
    #[must_use]
    pub fn shown(made: &Made) -> Self {
        Self { endpoint: WebhookBody::from(&made.row), secret: Some(made.secret.clone()) }
    }

    /// As it is kept for replays.
    #[must_use]
    pub fn kept(made: &Made) -> Self {
        Self { endpoint: WebhookBody::from(&made.row), secret: None }
    }
}

/// The test that is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedBody {
    /// Its event, which is `webhook-id` when it arrives.
    pub event_id: EventId,
}

/// What is to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    /// Events that happened from then on.
    pub from: DateTime<Utc>,
    /// And before then.
    pub until: DateTime<Utc>,
    /// Kinds of events or families of them; all when absent or empty.
    #[schema(example = json!(["request.*"]), max_items = 100)]
    #[serde(default)]
    pub events: Vec<String>,
}

impl ReplayBody {
    /// The kinds that are wanted; all when empty.
    ///
    /// # Errors
    /// Names the entry that is none.
    pub fn kinds(&self) -> Result<Vec<&'static str>, Problem> {
        let patterns = patterns(&self.events)?;
        let kinds = if patterns.is_empty() { Vec::new() } else { Pattern::kinds(&patterns) };
        Ok(kinds.iter().map(|kind| kind.as_str()).collect())
    }
}

/// How much is sent again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedBody {
    /// How many events.
    pub replayed: u32,
    /// Whether there may be more.
    pub has_more: bool,
    /// From when on to ask for more, where there may be: all before then is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_from: Option<DateTime<Utc>>,
}

impl ReplayedBody {
    /// What was put into the queue by a call that takes about `most`.
    #[must_use]
    pub fn of(replayed: Replayed, most: i64) -> Self {
        let has_more = replayed.count >= most;
        // The database keeps microseconds.
        let after = |last: DateTime<Utc>| last + chrono::TimeDelta::microseconds(1);
        Self {
            replayed: u32::try_from(replayed.count).unwrap_or(u32::MAX),
            has_more,
            next_from: replayed.last.filter(|_| has_more).map(after),
        }
    }
}

/// An attempt at a delivery. What the receiver answered beyond its status is neither read nor kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptBody {
    /// Which event: `webhook-id` on the wire.
    pub event_id: EventId,
    /// Its kind.
    #[serde(rename = "type")]
    #[schema(example = "request.claimed")]
    pub kind: String,
    /// Which attempt at it.
    pub number: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// `delivered`, `answered` with another status, or what failed before there was an answer: `timed_out`,
    /// `not_reachable`, `connection_broken`, `tls_failed`, `name_not_found`, `address_refused`, `url_refused`.
    #[schema(example = "delivered")]
    pub outcome: String,
    /// The HTTP status, where there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
}

impl From<&AttemptRow> for AttemptBody {
    fn from(row: &AttemptRow) -> Self {
        Self {
            event_id: EventId::new(row.event_id),
            kind: row.kind.clone(),
            number: row.number,
            at: row.at,
            outcome: row.outcome.clone(),
            status: row.status,
            duration_ms: row.duration_ms,
        }
    }
}
