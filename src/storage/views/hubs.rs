//! Hubs as their readers may see them: everybody of a campaign sees all of its hubs.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{HubId, OrganisationId};
use uuid::Uuid;

use super::narrowing::{narrow, within};
use super::{Narrowing, known};
use crate::storage::schema::{areas, hubs};
use crate::storage::tables::campaigns::Campaigns;
use crate::storage::tables::hubs as rows;
pub use crate::storage::tables::hubs::HubRow;
use crate::storage::{StorageError, Unit};

/// The hub, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: HubId) -> Result<Option<HubRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    let found = rows::find(unit, id).await?;
    Ok(found.filter(|(_, campaign)| within.hold(*campaign)).map(|(row, _)| row))
}

/// Which hubs are wanted; what is absent wants all.
#[derive(Debug, Clone, Default)]
pub struct HubFilter {
    /// Where, and which. When they were changed is not kept: hubs stay as they are.
    pub by: Narrowing,
    /// Run by this organisation.
    pub organisation: Option<OrganisationId>,
}

/// The hubs that the caller may know of, in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    filter: &HubFilter,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<HubRow>, StorageError> {
    let known = known::campaigns(unit).await?;
    let mut query = hubs::table
        .filter(hubs::id.gt(after.unwrap_or_default()))
        .order(hubs::id)
        .limit(limit)
        .select(HubRow::as_select())
        .into_boxed();
    if let Campaigns::Only(ids) = known {
        let served = areas::table.filter(areas::campaign_id.eq_any(ids)).select(areas::id);
        query = query.filter(hubs::area_id.eq_any(served));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(hubs::organisation_id.eq(organisation.uuid()));
    }
    narrow!(query, hubs, filter.by);
    if let Some(region) = &filter.by.region {
        query = query.filter(within!(hubs, lat, lon, region));
    }
    Ok(query.load(unit.conn).await?)
}
