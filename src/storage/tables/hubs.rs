//! Hubs: pick-up points.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, HubId, OrganisationId};
use domain::place::Position;
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::{areas, hubs};
use crate::storage::{StorageError, Unit};

/// A hub as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = hubs)]
pub struct HubRow {
    /// Its id.
    pub id: Uuid,
    /// Who runs it.
    pub organisation_id: Uuid,
    /// The area it serves.
    pub area_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Where it is.
    pub lat: f64,
    /// Where it is.
    pub lon: f64,
    /// When it is open, as people write it.
    pub opening_hours: Option<String>,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

/// A hub to be entered.
#[derive(Debug, Clone)]
pub struct NewHub {
    /// Its id.
    pub id: HubId,
    /// Who runs it.
    pub organisation: OrganisationId,
    /// The area it serves.
    pub area: AreaId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Where it is.
    pub position: Position,
    /// When it is open, as people write it.
    pub opening_hours: Option<String>,
}

/// Enters a hub.
///
/// # Errors
/// A `hubs_name_unique` constraint when there is one of that name, and `hubs_area_fk` when that
/// organisation does not work in that area.
pub async fn insert(unit: &mut Unit<'_>, new: &NewHub) -> Result<HubRow, StorageError> {
    let row = diesel::insert_into(hubs::table)
        .values((
            hubs::id.eq(new.id.uuid()),
            hubs::organisation_id.eq(new.organisation.uuid()),
            hubs::area_id.eq(new.area.uuid()),
            hubs::name.eq(&new.name),
            hubs::address.eq(&new.address),
            hubs::lat.eq(new.position.lat()),
            hubs::lon.eq(new.position.lon()),
            hubs::opening_hours.eq(new.opening_hours.as_deref()),
            hubs::created_at.eq(unit.now),
        ))
        .returning(HubRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The hub with that id and the campaign of its area.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: HubId) -> Result<Option<(HubRow, Uuid)>, StorageError> {
    let row = hubs::table
        .find(id.uuid())
        .inner_join(areas::table.on(areas::id.eq(hubs::area_id)))
        .select((HubRow::as_select(), areas::campaign_id))
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

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

/// The hub of that name which this organisation runs in this area.
///
/// # Errors
/// When the database fails.
pub async fn find_by_name(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    area: AreaId,
    name: &str,
) -> Result<Option<HubId>, StorageError> {
    let found: Option<Uuid> = hubs::table
        .filter(hubs::organisation_id.eq(organisation.uuid()))
        .filter(hubs::area_id.eq(area.uuid()))
        .filter(hubs::name.eq(name))
        .select(hubs::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.map(HubId::new))
}
