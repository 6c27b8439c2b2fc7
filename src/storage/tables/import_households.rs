//! Staged households enter their own tables, each with its door, its consent and its event.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, ImportId};
use domain::place::Cell;

use super::doors::Numbers;
use crate::storage::{StorageError, Unit};

// Nobody has counted these tables for the planner, they are too young: left to itself it compares every household of
// a part with every point. `OFFSET 0` leaves it the index only.
const HOUSEHOLDS: &str = "INSERT INTO households (id, organisation_id, area_id, external_id, status, members, \
        categories, languages, coarse_lat, coarse_lon, coarse_cell, created_at, updated_at) \
    SELECT s.household_id, s.organisation_id, s.area_id, s.external_id, $3, s.members, s.categories, s.languages, \
        p.lat, p.lon, p.coarse_cell, $4, $4 \
    FROM (SELECT *, cells[1] AS finest FROM import_staging WHERE import_id = $1 AND part = $2 OFFSET 0) s \
    CROSS JOIN LATERAL (SELECT lat, lon, coarse_cell FROM import_coarse_points \
        WHERE import_id = $1 AND area_id = s.area_id AND cell = s.finest OFFSET 0) p \
    ORDER BY s.household_id";

const DOORS: &str = "INSERT INTO household_doors (household_id, organisation_id, area_id, sealed, data_key, key_version, \
        phone_index, name_index, lat, lon, accuracy_m, cells) \
    SELECT household_id, organisation_id, area_id, sealed, data_key, key_version, phone_index, name_index, lat, lon, \
        accuracy_m, cells \
    FROM import_staging WHERE import_id = $1 AND part = $2 ORDER BY household_id";

const CONSENTS: &str = "INSERT INTO household_consents (household_id, organisation_id, text_version, language, channel, \
        given_at, recorded_at) \
    SELECT household_id, organisation_id, consent[1], consent[2], consent[3], coalesce(consent_at, $3), $3 \
    FROM import_staging WHERE import_id = $1 AND part = $2 ORDER BY household_id";

const EVENTS: &str = "INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, \
        actor_kind, actor_id, call_id, changes) \
    SELECT event_id, $3, $4, organisation_id, area_id, 'household', household_id, $5, $6, $7, changes \
    FROM import_staging WHERE import_id = $1 AND part = $2 ORDER BY household_id";

/// Enters the staged households of a part, in this status, and tells of each by an event of this kind.
/// Answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn enter(
    unit: &mut Unit<'_>,
    (import, part): (ImportId, i32),
    status: HouseholdStatus,
    told_as: &'static str,
) -> Result<usize, StorageError> {
    unit.allow_long_statements().await?;
    let (import, now) = (import.uuid(), unit.now);
    let entered = diesel::sql_query(HOUSEHOLDS)
        .bind::<SqlUuid, _>(import)
        .bind::<Integer, _>(part)
        .bind::<Text, _>(status.as_str())
        .bind::<Timestamptz, _>(now)
        .execute(unit.conn)
        .await?;
    diesel::sql_query(DOORS).bind::<SqlUuid, _>(import).bind::<Integer, _>(part).execute(unit.conn).await?;
    diesel::sql_query(CONSENTS)
        .bind::<SqlUuid, _>(import)
        .bind::<Integer, _>(part)
        .bind::<Timestamptz, _>(now)
        .execute(unit.conn)
        .await?;
    let (actor_kind, actor_id) = unit.actor.signature();
    diesel::sql_query(EVENTS)
        .bind::<SqlUuid, _>(import)
        .bind::<Integer, _>(part)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(told_as)
        .bind::<Text, _>(actor_kind.as_str())
        .bind::<Nullable<SqlUuid>, _>(actor_id)
        .bind::<Text, _>(unit.call_id.as_str())
        .execute(unit.conn)
        .await?;
    diesel::sql_query("DELETE FROM import_staging WHERE import_id = $1 AND part = $2")
        .bind::<SqlUuid, _>(import)
        .bind::<Integer, _>(part)
        .execute(unit.conn)
        .await?;
    Ok(entered)
}

/// Forgets whatever is still staged of an import.
///
/// # Errors
/// When the database fails.
pub async fn forget_staged(unit: &mut Unit<'_>, import: ImportId) -> Result<(), StorageError> {
    unit.allow_long_statements().await?;
    for table in ["import_staging", "import_coarse_points"] {
        diesel::sql_query(format!("DELETE FROM {table} WHERE import_id = $1"))
            .bind::<SqlUuid, _>(import.uuid())
            .execute(unit.conn)
            .await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    cell: i64,
    #[diesel(sql_type = Integer)]
    households: i32,
    #[diesel(sql_type = Integer)]
    buildings: i32,
}

/// What a cell holds already.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The cell.
    pub cell: Cell,
    /// Households, counted up to the limit that was asked for.
    pub households: u32,
    /// Buildings.
    pub buildings: u32,
}

/// What these cells of an area hold, households counted up to `most`.
///
/// # Errors
/// When the database fails.
pub async fn held_by(
    unit: &mut Unit<'_>,
    area: AreaId,
    cells: &[Cell],
    most: u32,
) -> Result<Vec<Held>, StorageError> {
    unit.allow_long_statements().await?;
    let Numbers { cells: asked, firsts, lasts } = Numbers::of(cells);
    let counts: Vec<Count> = diesel::sql_query(
        "SELECT asked.cell, coalesce(b.buildings, 0) AS buildings, \
            coalesce(d.doors, 0) AS households \
         FROM unnest($2) WITH ORDINALITY AS asked (cell, place) \
         LEFT JOIN doors_in_cells($1, $3, $4, $5) d ON d.place = asked.place \
         LEFT JOIN building_cells b ON b.area_id = $1 AND b.cell = asked.cell",
    )
    .bind::<SqlUuid, _>(area.uuid())
    .bind::<Array<BigInt>, _>(asked)
    .bind::<Array<BigInt>, _>(firsts)
    .bind::<Array<BigInt>, _>(lasts)
    .bind::<BigInt, _>(i64::from(most))
    .load(unit.conn)
    .await?;
    let held = counts.into_iter().filter_map(|count| {
        let cell = Cell::from_bits(count.cell.cast_unsigned()).ok()?;
        Some(Held {
            cell,
            households: count.households.unsigned_abs(),
            buildings: count.buildings.unsigned_abs(),
        })
    });
    Ok(held.collect())
}
