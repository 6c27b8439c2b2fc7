//! The event log: written in the transaction of what it tells, read in order and without gaps.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{AreaId, OrganisationId, RequestId, VolunteerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::prepared::Prepare;
use super::schema::events;
use super::unit::break_in_two;
use super::{StorageError, Unit};
use crate::clock;
use crate::planted::{Bug, Point, is_planted, reach};

/// One lifecycle change that an event made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `request`, `claim`, `delivery`, `household`, `volunteer`, `offer` or `call`.
    pub object: String,
    /// The id of that thing, as on the wire.
    pub id: String,
    /// The status before; absent when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The status after.
    pub to: String,
}

impl Change {
    /// Something was made, with its first status.
    pub fn made(object: &'static str, id: impl ToString, to: &'static str) -> Self {
        Self { object: object.to_owned(), id: id.to_string(), from: None, to: to.to_owned() }
    }

    /// Something went from one status to another.
    pub fn moved(object: &'static str, id: impl ToString, from: &'static str, to: &'static str) -> Self {
        Self { from: Some(from.to_owned()), ..Self::made(object, id, to) }
    }
}

/// What happened, to be written. Ids and words only; never anything private.
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened, such as `request.claimed`.
    pub kind: &'static str,
    /// The kind of thing it is about.
    pub subject_kind: &'static str,
    /// Its id.
    pub subject_id: Uuid,
    /// The organisation that owns that thing; none where the deployment does.
    pub organisation: Option<OrganisationId>,
    /// The area, where there is one.
    pub area: Option<AreaId>,
    /// The request that it concerns, if one.
    pub request: Option<RequestId>,
    /// The volunteer that it concerns, if one.
    pub volunteer: Option<VolunteerId>,
    /// Why, as a word.
    pub reason: Option<String>,
    /// The policy version by which it was decided.
    pub policy_version: Option<i32>,
    /// The lifecycle changes it made.
    pub changes: Vec<Change>,
}

impl Event {
    /// An event about one thing, the rest to be filled in.
    #[must_use]
    pub const fn about(kind: &'static str, subject_kind: &'static str, subject_id: Uuid) -> Self {
        Self {
            kind,
            subject_kind,
            subject_id,
            organisation: None,
            area: None,
            request: None,
            volunteer: None,
            reason: None,
            policy_version: None,
            changes: Vec::new(),
        }
    }
}

/// How many events a statement tells: it may hold 65,535 values, and an event has fifteen.
const AT_ONCE: usize = 2_000;

/// Writes events in the order given.
///
/// # Errors
/// When the database fails.
pub async fn append(unit: &mut Unit<'_>, happened: &[Event]) -> Result<(), StorageError> {
    for some in happened.chunks(AT_ONCE) {
        append_some(unit, some).await?;
    }
    Ok(())
}

async fn append_some(unit: &mut Unit<'_>, happened: &[Event]) -> Result<(), StorageError> {
    let (actor_kind, actor_id) = unit.actor.signature();
    break_in_two(unit.conn, Bug::EventOutsideTransaction).await?;
    reach(Point::EventAppending);
    let mut rows = happened
        .iter()
        .filter(|event| !(is_planted(Bug::MissingEvent) && event.kind == "delivery.picked_up"))
        .map(|event| {
            let changes = serde_json::to_value(&event.changes)
                .map_err(|error| StorageError::Impossible(error.to_string()))?;
            Ok((
                (
                    events::id.eq(clock::new_id()),
                    events::at.eq(unit.now),
                    events::kind.eq(event.kind),
                    events::organisation_id.eq(event.organisation.map(OrganisationId::uuid)),
                    events::area_id.eq(event.area.map(AreaId::uuid)),
                    events::subject_kind.eq(event.subject_kind),
                    events::subject_id.eq(event.subject_id),
                    events::request_id.eq(event.request.map(RequestId::uuid)),
                ),
                (
                    events::volunteer_id.eq(event.volunteer.map(VolunteerId::uuid)),
                    events::actor_kind.eq(actor_kind.as_str()),
                    events::actor_id.eq(actor_id),
                    events::reason.eq(event.reason.as_deref()),
                    events::policy_version.eq(event.policy_version),
                    events::call_id.eq(&unit.call_id),
                    events::changes.eq(changes),
                ),
            ))
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    if rows.len() == 1
        && let Some(row) = rows.pop()
    {
        diesel::insert_into(events::table).values(row).prepared().execute(unit.conn).await?;
    } else {
        diesel::insert_into(events::table).values(rows).execute(unit.conn).await?;
    }
    reach(Point::EventAppended);
    Ok(())
}

/// How far a reader has come: the writing transaction and the place in the log, compared in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cursor {
    /// The transaction that wrote the last event read.
    pub xid: i64,
    /// That event's number.
    pub seq: i64,
}

/// What followers need of an event: which volunteer or request to look at again, and why.
#[derive(Debug, Clone, QueryableByName)]
pub struct Touched {
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    /// The kind of event.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The request that it concerns, if one.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub request_id: Option<Uuid>,
    /// The volunteer that it concerns, if one.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub volunteer_id: Option<Uuid>,
    /// What it is about.
    #[diesel(sql_type = SqlUuid)]
    pub subject_id: Uuid,
    /// Whether nothing can come before it any more; see [`after`].
    #[diesel(sql_type = Bool)]
    pub settled: bool,
    #[diesel(sql_type = Jsonb)]
    changes: serde_json::Value,
}

impl Touched {
    /// The status to which this event brought that request, if it changed that.
    #[must_use]
    pub fn status_of(&self, request: RequestId) -> Option<String> {
        let changes: Vec<Change> = serde_json::from_value(self.changes.clone()).ok()?;
        let id = request.to_string();
        let ours = changes.into_iter().rfind(|change| change.object == "request" && change.id == id);
        ours.map(|change| change.to)
    }

    /// Where a reader stands that has read this one.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { xid: self.xid, seq: self.seq }
    }
}

/// The next events after a cursor, oldest first, up to `limit`.
///
/// A cursor may be moved to those only that are *settled*: below the oldest transaction that is still
/// running. A transaction that took its number earlier may still commit, and its events must not be skipped.
/// The others, which come last, are told for those who must know at once, and will be told again.
///
/// # Errors
/// When the database fails.
pub async fn after(unit: &mut Unit<'_>, cursor: Cursor, limit: i64) -> Result<Vec<Touched>, StorageError> {
    let touched = diesel::sql_query(
        "SELECT xid::text::bigint AS xid, seq, kind, request_id, volunteer_id, subject_id, changes, \
           xid < pg_snapshot_xmin(pg_current_snapshot()) AS settled FROM events \
         WHERE (xid, seq) > ($1::text::xid8, $2) ORDER BY xid, seq LIMIT $3",
    )
    .bind::<Text, _>(cursor.xid.to_string())
    .bind::<BigInt, _>(cursor.seq)
    .bind::<BigInt, _>(limit)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(touched)
}

#[derive(QueryableByName)]
struct Tip {
    #[diesel(sql_type = BigInt)]
    xid: i64,
}

/// A cursor that everything committed before this moment lies at or below, and nothing later does:
/// read it first, then a snapshot of the tables, then follow from it.
///
/// # Errors
/// When the database fails.
pub async fn tip(unit: &mut Unit<'_>) -> Result<Cursor, StorageError> {
    let tip: Tip =
        diesel::sql_query("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1) AS xid")
            .prepared()
            .get_result(unit.conn)
            .await?;
    Ok(Cursor { xid: tip.xid, seq: i64::MAX })
}
