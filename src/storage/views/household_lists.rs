//! Lists of households, of those alone that their reader owns, without their doors.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::actor::Actor;
use domain::household::HouseholdStatus;
use uuid::Uuid;

use super::Narrowing;
use super::narrowing::{narrow, within};

pub use crate::storage::tables::households::HouseholdRow;

use crate::storage::schema::households;
use crate::storage::{StorageError, Unit};

/// Which households are wanted; a filter that is empty wants all.
#[derive(Debug, Clone, Default)]
pub struct HouseholdFilter {
    /// In one of these statuses.
    pub statuses: Vec<HouseholdStatus>,
    /// Where, since when, and which.
    pub by: Narrowing,
}

/// The caller's own households in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    filter: &HouseholdFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<HouseholdRow>, StorageError> {
    let mut query = households::table.select(HouseholdRow::as_select()).into_boxed();
    query = match &unit.actor {
        Actor::Coordinator { organisation, .. } => {
            query.filter(households::organisation_id.eq(organisation.uuid()))
        }
        Actor::Partner { partner, organisation, .. } => query
            .filter(households::partner_id.eq(partner.uuid()))
            .filter(households::organisation_id.eq(organisation.uuid())),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => {
            return Ok(Vec::new());
        }
    };
    if !filter.statuses.is_empty() {
        query = query.filter(households::status.eq_any(filter.statuses.iter().map(|status| status.as_str())));
    }
    narrow!(query, households, filter.by);
    if let Some(earliest) = filter.by.earliest_change() {
        query = query.filter(households::updated_at.ge(earliest));
    }
    if let Some(region) = &filter.by.region {
        query = query.filter(within!(households, coarse_lat, coarse_lon, region));
    }
    if let Some(after) = after {
        query = query.filter(households::id.gt(after));
    }
    Ok(query.order(households::id).limit(limit).load(unit.conn).await?)
}
