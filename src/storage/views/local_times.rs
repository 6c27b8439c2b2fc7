//! Areas as those who decide need them: what time it is there, and how much roads wind.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::AreaId;
use uuid::Uuid;

use crate::storage::schema::{areas, campaigns, policies};
use crate::storage::tables::settings;
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

/// How long roads are in per cent of the great circle, of the areas for which that was measured.
///
/// # Errors
/// When the database fails, or holds a policy that is none.
pub async fn detours(unit: &mut Unit<'_>) -> Result<BTreeMap<AreaId, u32>, StorageError> {
    let in_force =
        policies::campaign_id.eq(campaigns::id).and(policies::version.eq(campaigns::policy_version));
    let rows: Vec<(Uuid, serde_json::Value)> = areas::table
        .inner_join(campaigns::table.on(campaigns::id.eq(areas::campaign_id)))
        .inner_join(policies::table.on(in_force))
        .select((areas::id, policies::body))
        .load(unit.conn)
        .await?;
    let mut detours = BTreeMap::new();
    for (id, body) in rows {
        let (area, policy) = (AreaId::new(id), settings::policy(body)?);
        // A campaign speaks of its own areas only, whatever its policy lists.
        if let Some(detour) = policy.detour_percent.get(&area) {
            detours.insert(area, *detour);
        }
    }
    Ok(detours)
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
