//! Lists of households, of those alone that their reader owns, without their doors.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::actor::Actor;
use domain::household::HouseholdStatus;
use domain::id::AreaId;
use uuid::Uuid;

pub use crate::storage::tables::households::HouseholdRow;

use crate::storage::schema::households;
use crate::storage::{StorageError, Unit};

/// Which households are wanted; a filter that is empty wants all.
#[derive(Debug, Clone, Default)]
pub struct HouseholdFilter {
    /// In one of these statuses.
    pub statuses: Vec<HouseholdStatus>,
    /// In this area.
    pub area: Option<AreaId>,
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
        Actor::Partner { partner, .. } => query.filter(households::partner_id.eq(partner.uuid())),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => {
            return Ok(Vec::new());
        }
    };
    if !filter.statuses.is_empty() {
        query = query.filter(households::status.eq_any(filter.statuses.iter().map(|status| status.as_str())));
    }
    if let Some(area) = filter.area {
        query = query.filter(households::area_id.eq(area.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(households::id.gt(after));
    }
    Ok(query.order(households::id).limit(limit).load(unit.conn).await?)
}
