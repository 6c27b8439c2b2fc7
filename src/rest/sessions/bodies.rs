//! What is answered about sessions.

use chrono::{DateTime, Utc};
use domain::id::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::storage::views::sessions::SessionRow;

/// A session that has not ended.
#[derive(Serialize, ToSchema)]
pub struct ListedSessionBody {
    /// Its id.
    pub id: SessionId,
    /// Whether this very call belongs to it.
    pub is_this_one: bool,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// When it was last renewed: its device is heard of every few minutes while it is used.
    pub renewed_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// What its device said of itself when it began. Anybody can say anything there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")]
    pub device: Option<String>,
}

impl ListedSessionBody {
    /// A session, seen from another or the same.
    #[must_use]
    pub fn seen_from(this: Option<SessionId>, row: &SessionRow) -> Self {
        Self {
            id: row.session(),
            is_this_one: this == Some(row.session()),
            begun_at: row.begun_at,
            renewed_at: row.renewed_at,
            expires_at: row.expires_at,
            device: row.device.clone(),
        }
    }
}
