//! Hubs: pick-up points.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{AreaId, HubId, OrganisationId};
use uuid::Uuid;

use crate::storage::schema::hubs;
use crate::storage::{StorageError, Unit};

/// Whether that hub is this organisation's, in this area.
///
/// # Errors
/// When the database fails.
pub async fn serves(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    area: AreaId,
    hub: HubId,
) -> Result<bool, StorageError> {
    let found: Option<Uuid> = hubs::table
        .find(hub.uuid())
        .filter(hubs::organisation_id.eq(organisation.uuid()))
        .filter(hubs::area_id.eq(area.uuid()))
        .select(hubs::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}
