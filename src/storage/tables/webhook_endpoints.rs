//! Receivers of webhooks: whose, where, of what, how signed, and how they fare.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::event::Pattern;
use domain::id::{AreaId, OrganisationId, PartnerId, WebhookId};
use domain::webhook::{DisabledReason, Signing, WebhookStatus};
use uuid::Uuid;

use crate::storage::events::Cursor;
use crate::storage::prepared::Prepare;
use crate::storage::schema::webhook_endpoints::{self, dsl};
use crate::storage::{StorageError, Unit};

/// A receiver as its table keeps it.
#[derive(Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = webhook_endpoints)]
pub struct EndpointRow {
    /// Its id.
    pub id: Uuid,
    /// The organisation that owns it.
    pub organisation_id: Uuid,
    /// The partner app that does, where one does.
    pub partner_id: Option<Uuid>,
    /// Where events are posted.
    pub url: String,
    /// What its owner calls it.
    pub description: Option<String>,
    /// What it wants.
    pub patterns: Vec<Option<String>>,
    /// Of which area alone.
    pub area_id: Option<Uuid>,
    /// Whether anything is sent.
    pub status: String,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// How it is signed.
    pub signing: String,
    /// Signs; sealed.
    pub secret: Vec<u8>,
    /// Signs too; sealed.
    pub previous_secret: Option<Vec<u8>>,
    /// Until then.
    pub previous_until: Option<Moment>,
    /// How far in the log it is.
    pub cursor_xid: i64,
    /// How far in the log it is.
    pub cursor_seq: i64,
    /// Since when nothing could be delivered.
    pub failing_since: Option<Moment>,
    /// It rests until then.
    pub paused_until: Option<Moment>,
    /// Who sends.
    pub runner: Option<Uuid>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl EndpointRow {
    /// Its id.
    #[must_use]
    pub const fn endpoint(&self) -> WebhookId {
        WebhookId::new(self.id)
    }

    /// The organisation that owns it.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// The partner app that owns it, where one does.
    #[must_use]
    pub fn partner(&self) -> Option<PartnerId> {
        self.partner_id.map(PartnerId::new)
    }

    /// Whether anything is sent to it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == WebhookStatus::Active.as_str()
    }

    /// How it is signed.
    ///
    /// # Errors
    /// When the row holds no known way.
    pub fn signing(&self) -> Result<Signing, StorageError> {
        Ok(self.signing.parse()?)
    }

    /// What it wants.
    #[must_use]
    pub fn patterns(&self) -> Vec<Pattern> {
        // A kind that an earlier version knew and this one does not is nobody's any more.
        self.patterns.iter().flatten().filter_map(|text| text.parse().ok()).collect()
    }

    /// How far in the log it is.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { xid: self.cursor_xid, seq: self.cursor_seq }
    }
}

/// What its owner says of a receiver.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Where events are posted.
    pub url: String,
    /// What it is called.
    pub description: Option<String>,
    /// What it wants; everything when empty.
    pub patterns: Vec<Pattern>,
    /// Of which area alone.
    pub area: Option<AreaId>,
}

/// A receiver that is made.
#[derive(Clone)]
pub struct NewEndpoint {
    /// Its id.
    pub id: WebhookId,
    /// The organisation that owns it.
    pub organisation: OrganisationId,
    /// The partner app that does.
    pub partner: Option<PartnerId>,
    /// What its owner says.
    pub wishes: Wishes,
    /// How it is signed.
    pub signing: Signing,
    /// Signs; sealed.
    pub secret: Vec<u8>,
    /// From here on it is told of the log.
    pub cursor: Cursor,
}

fn words(patterns: &[Pattern]) -> Vec<Option<String>> {
    patterns.iter().map(|pattern| Some(pattern.to_string())).collect()
}

/// Makes a receiver.
///
/// # Errors
/// A `webhook_endpoints_area_fk` constraint when there is no such area.
pub async fn insert(unit: &mut Unit<'_>, new: &NewEndpoint) -> Result<EndpointRow, StorageError> {
    let row = diesel::insert_into(webhook_endpoints::table)
        .values((
            dsl::id.eq(new.id.uuid()),
            dsl::organisation_id.eq(new.organisation.uuid()),
            dsl::partner_id.eq(new.partner.map(PartnerId::uuid)),
            dsl::url.eq(&new.wishes.url),
            dsl::description.eq(new.wishes.description.as_deref()),
            dsl::patterns.eq(words(&new.wishes.patterns)),
            dsl::area_id.eq(new.wishes.area.map(AreaId::uuid)),
            dsl::status.eq(WebhookStatus::Active.as_str()),
            dsl::signing.eq(new.signing.as_str()),
            dsl::secret.eq(&new.secret),
            dsl::cursor_xid.eq(new.cursor.xid),
            dsl::cursor_seq.eq(new.cursor.seq),
            dsl::created_at.eq(unit.now),
            dsl::updated_at.eq(unit.now),
        ))
        .returning(EndpointRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The receiver with that id, unless it was deleted.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: WebhookId) -> Result<Option<EndpointRow>, StorageError> {
    let row = webhook_endpoints::table
        .find(id.uuid())
        .filter(dsl::status.ne(WebhookStatus::Deleted.as_str()))
        .select(EndpointRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The same, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, id: WebhookId) -> Result<Option<EndpointRow>, StorageError> {
    let row = webhook_endpoints::table
        .find(id.uuid())
        .filter(dsl::status.ne(WebhookStatus::Deleted.as_str()))
        .select(EndpointRow::as_select())
        .for_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The receivers of an organisation itself, or of one of its partner apps, by id.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    partner: Option<PartnerId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<EndpointRow>, StorageError> {
    let rows = webhook_endpoints::table
        .filter(dsl::organisation_id.eq(organisation.uuid()))
        .filter(dsl::partner_id.is_not_distinct_from(partner.map(PartnerId::uuid)))
        .filter(dsl::status.ne(WebhookStatus::Deleted.as_str()))
        .filter(dsl::id.gt(after.unwrap_or_default()))
        .order(dsl::id)
        .limit(limit)
        .select(EndpointRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Changes what its owner says of it.
///
/// # Errors
/// As [`insert`].
pub async fn edit(unit: &mut Unit<'_>, id: WebhookId, wishes: &Wishes) -> Result<EndpointRow, StorageError> {
    let row = diesel::update(webhook_endpoints::table.find(id.uuid()))
        .set((
            dsl::url.eq(&wishes.url),
            dsl::description.eq(wishes.description.as_deref()),
            dsl::patterns.eq(words(&wishes.patterns)),
            dsl::area_id.eq(wishes.area.map(AreaId::uuid)),
            dsl::updated_at.eq(unit.now),
            dsl::version.eq(dsl::version + 1),
        ))
        .returning(EndpointRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// Sends nothing to it any more, or something again; whoever sends loses the lease.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    unit: &mut Unit<'_>,
    id: WebhookId,
    status: WebhookStatus,
    reason: Option<DisabledReason>,
) -> Result<EndpointRow, StorageError> {
    let row = diesel::update(webhook_endpoints::table.find(id.uuid()))
        .set((
            dsl::status.eq(status.as_str()),
            dsl::disabled_reason.eq(reason.map(DisabledReason::as_str)),
            dsl::failing_since.eq(None::<Moment>),
            dsl::paused_until.eq(None::<Moment>),
            dsl::runner.eq(None::<Uuid>),
            dsl::leased_until.eq(None::<Moment>),
            dsl::updated_at.eq(unit.now),
            dsl::version.eq(dsl::version + 1),
        ))
        .returning(EndpointRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// Signs with another secret, and with the one before until then.
///
/// # Errors
/// When the database fails.
pub async fn replace_secret(
    unit: &mut Unit<'_>,
    row: &EndpointRow,
    secret: &[u8],
    previous_until: Moment,
) -> Result<EndpointRow, StorageError> {
    let row = diesel::update(webhook_endpoints::table.find(row.id))
        .set((
            dsl::secret.eq(secret),
            dsl::previous_secret.eq(Some(&row.secret)),
            dsl::previous_until.eq(Some(previous_until)),
            dsl::updated_at.eq(unit.now),
            dsl::version.eq(dsl::version + 1),
        ))
        .returning(EndpointRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// How a receiver fares: since when it fails, and until when it rests.
///
/// # Errors
/// When the database fails.
pub async fn set_health(
    unit: &mut Unit<'_>,
    id: WebhookId,
    failing_since: Option<Moment>,
    paused_until: Option<Moment>,
) -> Result<(), StorageError> {
    diesel::update(webhook_endpoints::table.find(id.uuid()))
        .set((dsl::failing_since.eq(failing_since), dsl::paused_until.eq(paused_until)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
