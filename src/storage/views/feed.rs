//! The event log as others read it: whole rows, in order, without gaps, a page at a time.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::actor::Actor;
use domain::event::{About, EventKind};
use domain::id::{AreaId, OrganisationId, PartnerId, VolunteerId};
use serde_json::Value;
use uuid::Uuid;

pub use crate::storage::events::Cursor;

use crate::storage::events;
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// Events that one page looks at before it answers with what it has: so that a reader of few of many
/// events holds no statement for long, and still gets on.
const SCANNED: i64 = 5_000;

/// An event of the log, and the partner app that filed what it is about.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct FeedRow {
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When it happened.
    #[diesel(sql_type = Timestamptz)]
    pub at: Moment,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Who owns what it is about.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub organisation_id: Option<Uuid>,
    /// Where.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub area_id: Option<Uuid>,
    /// The kind of thing it is about.
    #[diesel(sql_type = Text)]
    pub subject_kind: String,
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub subject_id: Uuid,
    /// The request that it concerns.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub request_id: Option<Uuid>,
    /// The volunteer that it concerns.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub volunteer_id: Option<Uuid>,
    /// Who did it, as a word.
    #[diesel(sql_type = Text)]
    pub actor_kind: String,
    /// Who did it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// The policy by which it was decided.
    #[diesel(sql_type = Nullable<Integer>)]
    pub policy_version: Option<i32>,
    /// The lifecycle changes it made.
    #[diesel(sql_type = Jsonb)]
    pub changes: Value,
    /// Whose request or household it is about.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub partner_id: Option<Uuid>,
}

impl FeedRow {
    /// Where a reader stands that has read this one.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { xid: self.xid, seq: self.seq }
    }

    /// What decides who may know of it.
    ///
    /// # Errors
    /// When the row holds no known kind.
    pub fn about(&self) -> Result<About, StorageError> {
        let of_volunteer = (self.subject_kind == "volunteer").then_some(self.subject_id);
        Ok(About {
            kind: self.kind.parse()?,
            organisation: self.organisation_id.map(OrganisationId::new),
            partner: self.partner_id.map(PartnerId::new),
            volunteer: self.volunteer_id.or(of_volunteer).map(VolunteerId::new),
        })
    }
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of these kinds; of all when empty.
    pub kinds: Vec<EventKind>,
    /// In this area.
    pub area: Option<AreaId>,
    /// About this thing, or about the request with this id.
    pub object: Option<Uuid>,
}

impl EventFilter {
    /// Whether an event is wanted.
    #[must_use]
    pub fn wants(&self, row: &FeedRow) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.as_str() == row.kind);
        let area = self.area.is_none_or(|area| row.area_id == Some(area.uuid()));
        let object = self.object.is_none_or(|id| row.subject_id == id || row.request_id == Some(id));
        kind && area && object
    }
}

/// Some events, and where the reader stands now.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// In order.
    pub rows: Vec<FeedRow>,
    /// From here it goes on.
    pub next: Cursor,
    /// The last event that was looked at, or where the looking began: nothing lies between that and `next`, and it
    /// stays where it is while nothing happens.
    pub looked_at: Cursor,
    /// Whether something more is there already.
    pub has_more: bool,
}

/// The events after a cursor that the unit's actor might know of, oldest first, up to `limit`. The domain
/// decides about each; this leaves out what it would refuse anyhow.
///
/// # Errors
/// When the database fails.
pub async fn page(
    unit: &mut Unit<'_>,
    filter: &EventFilter,
    after: Cursor,
    limit: i64,
) -> Result<FeedPage, StorageError> {
    let tip = events::tip(unit).await?.max(after);
    let scanned = match filter.object {
        Some(_) => None,
        None => scanned(unit, after).await?,
    };
    let until = scanned.as_ref().filter(|last| last.count >= SCANNED).map_or(tip, Scanned::cursor);
    let rows = between(unit, filter, after, until, limit).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    let last = rows.last().map(FeedRow::cursor);
    let next = last.filter(|_| is_full).unwrap_or(until);
    let looked_at = last.max(scanned.as_ref().map(Scanned::cursor)).map_or(after, |last| last.min(next));
    Ok(FeedPage { rows, next, looked_at, has_more: next < tip && (is_full || until < tip) })
}

/// Where the log ends now.
///
/// # Errors
/// When the database fails.
pub async fn tip(unit: &mut Unit<'_>) -> Result<Cursor, StorageError> {
    events::tip(unit).await
}

/// The event with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: Uuid) -> Result<Option<FeedRow>, StorageError> {
    let row = diesel::sql_query(format!("{COLUMNS} WHERE e.id = $1"))
        .bind::<SqlUuid, _>(id)
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The newest event of a kind about a thing, also one that this unit of work wrote.
///
/// # Errors
/// When the database fails.
pub async fn latest_about(
    unit: &mut Unit<'_>,
    id: Uuid,
    kind: &str,
) -> Result<Option<FeedRow>, StorageError> {
    let row = diesel::sql_query(format!(
        "{COLUMNS} WHERE e.subject_id = $1 AND e.kind = $2 ORDER BY e.seq DESC LIMIT 1"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(kind)
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(row)
}

/// The events with those ids, in the order of the log.
///
/// # Errors
/// When the database fails.
pub async fn find_all(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<Vec<FeedRow>, StorageError> {
    let rows = diesel::sql_query(format!("{COLUMNS} WHERE e.id = ANY($1) ORDER BY e.xid, e.seq"))
        .bind::<Array<SqlUuid>, _>(ids)
        .prepared()
        .load(unit.conn)
        .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Scanned {
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Scanned {
    const fn cursor(&self) -> Cursor {
        Cursor { xid: self.xid, seq: self.seq }
    }
}

/// Where one page's worth of looking ends, and how many events that are; none where there are none.
async fn scanned(unit: &mut Unit<'_>, after: Cursor) -> Result<Option<Scanned>, StorageError> {
    let last = diesel::sql_query("SELECT xid, seq, count FROM page_of_log($1::text::xid8, $2, $3)")
        .bind::<Text, _>(after.xid.to_string())
        .bind::<BigInt, _>(after.seq)
        .bind::<BigInt, _>(SCANNED)
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(last)
}

const COLUMNS: &str = "
SELECT e.xid::text::bigint AS xid, e.seq, e.id, e.at, e.kind, e.organisation_id, e.area_id, e.subject_kind,
       e.subject_id, e.request_id, e.volunteer_id, e.actor_kind, e.actor_id, e.reason, e.policy_version, e.changes,
       coalesce(r.partner_id, h.partner_id, w.partner_id) AS partner_id
FROM events e
LEFT JOIN requests r ON r.id = e.request_id
LEFT JOIN households h ON h.id = e.subject_id AND e.subject_kind = 'household'
LEFT JOIN webhook_endpoints w ON w.id = e.subject_id AND e.subject_kind = 'webhook'";

const BETWEEN: &str = "
WHERE (e.xid, e.seq) > ($1::text::xid8, $2) AND (e.xid, e.seq) <= ($3::text::xid8, $4)
  AND ($5::uuid IS NULL OR e.organisation_id = $5 OR ($6 AND e.organisation_id IS NULL))
  AND ($7::uuid IS NULL OR e.volunteer_id = $7 OR (e.subject_kind = 'volunteer' AND e.subject_id = $7))
  AND ($8::uuid IS NULL OR r.partner_id = $8 OR h.partner_id = $8 OR w.partner_id = $8)
  AND ($9::uuid IS NULL OR e.area_id = $9)
  AND (cardinality($10) = 0 OR e.kind = ANY($10))";

/// Apart from the others, so that a request's own events are found by its id.
const ABOUT: &str = "
  AND (e.subject_id = $12 OR e.request_id = $12)";

async fn between(
    unit: &mut Unit<'_>,
    filter: &EventFilter,
    after: Cursor,
    until: Cursor,
    limit: i64,
) -> Result<Vec<FeedRow>, StorageError> {
    let Some(audience) = Audience::of(&unit.actor) else {
        return Ok(Vec::new());
    };
    let about = if filter.object.is_some() { ABOUT } else { "" };
    let query = diesel::sql_query(format!("{COLUMNS}{BETWEEN}{about} ORDER BY e.xid, e.seq LIMIT $11"))
        .bind::<Text, _>(after.xid.to_string())
        .bind::<BigInt, _>(after.seq)
        .bind::<Text, _>(until.xid.to_string())
        .bind::<BigInt, _>(until.seq)
        .bind::<Nullable<SqlUuid>, _>(audience.organisation)
        .bind::<Bool, _>(audience.with_the_deployments)
        .bind::<Nullable<SqlUuid>, _>(audience.volunteer)
        .bind::<Nullable<SqlUuid>, _>(audience.partner)
        .bind::<Nullable<SqlUuid>, _>(filter.area.map(AreaId::uuid))
        .bind::<Array<Text>, _>(filter.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())
        .bind::<BigInt, _>(limit);
    let rows = match filter.object {
        Some(id) => query.bind::<SqlUuid, _>(id).prepared().load(unit.conn).await?,
        None => query.prepared().load(unit.conn).await?,
    };
    Ok(rows)
}

/// Whose events an actor can know of at most.
#[derive(Default)]
struct Audience {
    organisation: Option<Uuid>,
    with_the_deployments: bool,
    volunteer: Option<Uuid>,
    partner: Option<Uuid>,
}

impl Audience {
    fn of(actor: &Actor) -> Option<Self> {
        let nobody = Self::default();
        match actor {
            Actor::Administrator { organisation, .. } => {
                Some(Self { organisation: Some(organisation.uuid()), with_the_deployments: true, ..nobody })
            }
            Actor::Coordinator { organisation, .. } => {
                Some(Self { organisation: Some(organisation.uuid()), ..nobody })
            }
            Actor::Volunteer { volunteer, .. } => Some(Self { volunteer: Some(volunteer.uuid()), ..nobody }),
            Actor::Partner { partner, .. } => Some(Self { partner: Some(partner.uuid()), ..nobody }),
            Actor::System => Some(nobody),
            Actor::Nobody => None,
        }
    }
}
