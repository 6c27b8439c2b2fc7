//! Lists and counts of requests, of those alone that their reader owns.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::actor::Actor;
use domain::id::HouseholdId;
use domain::life::{Hold, RequestStatus};
use domain::words::Urgency;
use uuid::Uuid;

use super::Narrowing;
use super::narrowing::{narrow, within};

pub use crate::storage::tables::requests::{RequestRow, Thing};

use crate::planted::{Bug, is_planted};
use crate::storage::schema::{households, request_lines, requests};
use crate::storage::tables::requests::thing;
use crate::storage::{StorageError, Unit};

/// Which requests are wanted; a filter that is empty wants all.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// In one of these statuses.
    pub statuses: Vec<RequestStatus>,
    /// Of this urgency.
    pub urgencies: Vec<Urgency>,
    /// Where, since when, and which.
    pub by: Narrowing,
    /// Of this household.
    pub household: Option<HouseholdId>,
    /// Held for one of these reasons.
    pub holds: Vec<Hold>,
}

/// How many requests are in one status, and how many of them a coordinator was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusCount {
    /// The status.
    pub status: RequestStatus,
    /// How many.
    pub count: i64,
    /// How many of them are escalated.
    pub escalated: i64,
}

type Own = Box<dyn BoxableExpression<requests::table, diesel::pg::Pg, SqlType = diesel::sql_types::Bool>>;

/// What the caller owns: a coordinator their organisation's, a partner app its own, others nothing.
fn own(actor: &Actor) -> Option<Own> {
    match actor {
        Actor::Coordinator { .. } if is_planted(Bug::PlainView) => Some(Box::new(requests::id.is_not_null())),
        Actor::Coordinator { organisation, .. } => {
            Some(Box::new(requests::organisation_id.eq(organisation.uuid())))
        }
        Actor::Partner { partner, .. } => {
            Some(Box::new(requests::partner_id.eq(partner.uuid()).assume_not_null()))
        }
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => None,
    }
}

/// The caller's own requests in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    filter: &RequestFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<RequestRow>, StorageError> {
    let Some(own) = own(&unit.actor) else {
        return Ok(Vec::new());
    };
    let organisation = unit.actor.organisation();
    let mut query = requests::table.filter(own).select(RequestRow::as_select()).into_boxed();
    if let Some(organisation) = organisation {
        // Said of partner apps too: what is theirs is their organisation's, and so are the indexes.
        query = query.filter(requests::organisation_id.eq(organisation.uuid()));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(requests::status.eq_any(filter.statuses.iter().map(|status| status.as_str())));
    }
    if !filter.urgencies.is_empty() {
        let urgencies = filter.urgencies.iter().map(|urgency| urgency.as_str());
        query = query.filter(requests::urgency.eq_any(urgencies));
    }
    narrow!(query, requests, filter.by);
    if let Some(earliest) = filter.by.earliest_change() {
        query = query.filter(requests::updated_at.ge(earliest));
    }
    if let (Some(region), Some(organisation)) = (&filter.by.region, organisation) {
        // A request is where its household is, and households are written less often than requests.
        let there = households::table
            .filter(households::organisation_id.eq(organisation.uuid()))
            .filter(within!(households, coarse_lat, coarse_lon, region))
            .select(households::id)
            .into_boxed();
        query = query.filter(requests::household_id.eq_any(there));
    }
    if let Some(household) = filter.household {
        query = query.filter(requests::household_id.eq(household.uuid()));
    }
    if !filter.holds.is_empty() {
        let held = RequestStatus::PendingVerification.as_str();
        query = query.filter(requests::status.eq(held));
        query = query.filter(requests::hold.eq_any(filter.holds.iter().map(|hold| hold.as_str())));
    }
    if let Some(after) = after {
        query = query.filter(requests::id.gt(after));
    }
    Ok(query.order(requests::id).limit(limit).load(unit.conn).await?)
}

/// How many of the caller's own requests are in each status; those without any are left out.
///
/// # Errors
/// When the database fails.
pub async fn counts(unit: &mut Unit<'_>) -> Result<Vec<StatusCount>, StorageError> {
    let Some(own) = own(&unit.actor) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(String, i64, i64)> = requests::table
        .filter(own)
        .group_by(requests::status)
        .select((requests::status, count_star(), diesel::dsl::count(requests::escalated_at)))
        .load(unit.conn)
        .await?;
    rows.into_iter()
        .map(|(status, count, escalated)| Ok(StatusCount { status: status.parse()?, count, escalated }))
        .collect()
}

/// What each of these requests, told by their ids, asks for, line by line.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    unit: &mut Unit<'_>,
    of: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<(Thing, u32)>>, StorageError> {
    let rows: Vec<(Uuid, Option<Uuid>, Option<Uuid>, i32)> = request_lines::table
        .filter(request_lines::request_id.eq_any(of))
        .order((request_lines::request_id, request_lines::line))
        .select((
            request_lines::request_id,
            request_lines::item_id,
            request_lines::kit_id,
            request_lines::quantity,
        ))
        .load(unit.conn)
        .await?;
    let mut lines: BTreeMap<Uuid, Vec<(Thing, u32)>> = BTreeMap::new();
    for (request, item, kit, quantity) in rows {
        lines.entry(request).or_default().push((thing(item, kit)?, quantity.unsigned_abs()));
    }
    Ok(lines)
}
