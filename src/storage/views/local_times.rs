//! Areas as those who decide need them: what time it is there.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::AreaId;
use uuid::Uuid;

use crate::storage::schema::{areas, campaigns};
use crate::storage::{LocalTime, StorageError, Unit};

/// The time of every area.
///
/// # Errors
/// When the database fails.
pub async fn local_times(unit: &mut Unit<'_>) -> Result<BTreeMap<AreaId, LocalTime>, StorageError> {
    let rows: Vec<(Uuid, String, i64)> = areas::table
        .inner_join(campaigns::table.on(campaigns::id.eq(areas::campaign_id)))
        .select((areas::id, areas::time_zone, campaigns::clock_offset_s))
        .load(unit.conn)
        .await?;
    rows.into_iter()
        .map(|(id, zone, offset_s)| Ok((AreaId::new(id), LocalTime::new(&zone, offset_s)?)))
        .collect()
}

/// The time of one area. `None` when there is no such area.
///
/// # Errors
/// When the database fails.
pub async fn local_time(unit: &mut Unit<'_>, area: AreaId) -> Result<Option<LocalTime>, StorageError> {
    let row: Option<(String, i64)> = areas::table
        .inner_join(campaigns::table.on(campaigns::id.eq(areas::campaign_id)))
        .filter(areas::id.eq(area.uuid()))
        .select((areas::time_zone, campaigns::clock_offset_s))
        .first(unit.conn)
        .await
        .optional()?;
    row.map(|(zone, offset_s)| LocalTime::new(&zone, offset_s)).transpose()
}
