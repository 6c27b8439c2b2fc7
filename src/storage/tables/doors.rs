//! Doors. Reading one is recorded in the same transaction, by the same function: there is no other way in.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::door::{Door, Exactness};
use domain::door_budget::{self, Limit, Opened};
use domain::id::{AreaId, ClaimId, HouseholdId, RequestId};
use domain::place::{Cell, Metres, Position, great_circle};
use uuid::Uuid;

use super::households::HouseholdRow;
use super::sealed_doors::{Private, SealedDoor};
use super::settings::position;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{door_readings, household_doors};
use crate::storage::{StorageError, Unit};
use crate::vault::Wrapped;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = household_doors)]
pub(super) struct DoorRow {
    household_id: Uuid,
    organisation_id: Uuid,
    area_id: Uuid,
    sealed: Vec<u8>,
    data_key: Vec<u8>,
    key_version: i32,
    phone_index: Option<Vec<u8>>,
    name_index: Vec<u8>,
    lat: f64,
    lon: f64,
    accuracy_m: Option<f64>,
    cells: Vec<Option<i64>>,
    is_approximate: bool,
}

impl DoorRow {
    /// The row of a household's door, in its organisation and its area.
    pub(super) fn of(
        (household_id, organisation_id, area_id): (Uuid, Uuid, Uuid),
        door: &Door,
        kept: SealedDoor,
        cells: Vec<Option<i64>>,
    ) -> Self {
        Self {
            household_id,
            organisation_id,
            area_id,
            sealed: kept.sealed,
            data_key: kept.data_key.bytes,
            key_version: kept.data_key.version,
            phone_index: kept.phone_index,
            name_index: kept.name_index,
            lat: door.position.lat(),
            lon: door.position.lon(),
            accuracy_m: door.accuracy_m,
            cells,
            is_approximate: door.exactness == Exactness::Approximate,
        }
    }
}

/// Keeps the door of a household that was just registered.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    household: &HouseholdRow,
    door: &Door,
    cells: &[Cell],
) -> Result<(), StorageError> {
    let keys = unit.keys_of(household.organisation_id).await?;
    let kept = SealedDoor::of(&keys, household.id, door)?;
    let of = (household.id, household.organisation_id, household.area_id);
    let row = DoorRow::of(of, door, kept, numbers(cells));
    diesel::insert_into(household_doors::table).values(&row).prepared().execute(unit.conn).await?;
    Ok(())
}

fn numbers(cells: &[Cell]) -> Vec<Option<i64>> {
    cells.iter().map(|cell| Some(cell.bits().cast_signed())).collect()
}

/// Puts a household that was known by its district at its door, to be counted there too. False when it is there
/// already.
///
/// # Errors
/// When the database fails.
pub async fn locate(
    unit: &mut Unit<'_>,
    household: HouseholdId,
    (position, accuracy_m): (Position, Option<f64>),
    cells: &[Cell],
) -> Result<bool, StorageError> {
    let located = diesel::update(
        household_doors::table.find(household.uuid()).filter(household_doors::is_approximate.eq(true)),
    )
    .set((
        household_doors::lat.eq(position.lat()),
        household_doors::lon.eq(position.lon()),
        household_doors::accuracy_m.eq(accuracy_m),
        household_doors::cells.eq(numbers(cells)),
        household_doors::is_approximate.eq(false),
    ))
    .execute(unit.conn)
    .await?;
    Ok(located == 1)
}

/// Whether a household's door is known, or its district only.
///
/// # Errors
/// When the database fails.
pub async fn exactness(unit: &mut Unit<'_>, household: HouseholdId) -> Result<Exactness, StorageError> {
    let is_approximate: Option<bool> = household_doors::table
        .find(household.uuid())
        .select(household_doors::is_approximate)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(exact_or_not(is_approximate.unwrap_or_default()))
}

/// Whether a household can be called at all.
///
/// # Errors
/// When the database fails.
pub async fn has_phone(unit: &mut Unit<'_>, household: HouseholdId) -> Result<bool, StorageError> {
    let found: Option<Uuid> = household_doors::table
        .find(household.uuid())
        .filter(household_doors::has_phone.eq(true))
        .select(household_doors::household_id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

const fn exact_or_not(is_approximate: bool) -> Exactness {
    if is_approximate { Exactness::Approximate } else { Exactness::Exact }
}

/// For which request and under which claim a door is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Purpose {
    /// The request, where there is one.
    pub request: Option<RequestId>,
    /// The claim, where there is one.
    pub claim: Option<ClaimId>,
}

/// Reads a door and records who did. Whether they may is the caller's to have decided.
///
/// # Errors
/// When the database fails.
pub async fn disclose(
    unit: &mut Unit<'_>,
    household: HouseholdId,
    purpose: Purpose,
) -> Result<Option<Door>, StorageError> {
    let row = household_doors::table
        .find(household.uuid())
        .select(DoorRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    record_reading(unit, (row.organisation_id, household), purpose).await?;
    door(unit, row).await.map(Some)
}

/// Reads the doors of some households for an export and records that, each. Whether that is right is the caller's to have
/// decided.
///
/// # Errors
/// When the database fails.
pub async fn disclose_many(
    unit: &mut Unit<'_>,
    households: &[HouseholdId],
) -> Result<Vec<(HouseholdId, Door)>, StorageError> {
    let ids: Vec<Uuid> = households.iter().map(|household| household.uuid()).collect();
    let rows: Vec<DoorRow> = household_doors::table
        .filter(household_doors::household_id.eq_any(&ids))
        .select(DoorRow::as_select())
        .load(unit.conn)
        .await?;
    let (actor_kind, actor_id) = unit.actor.signature();
    let readings: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                door_readings::at.eq(unit.now),
                door_readings::organisation_id.eq(row.organisation_id),
                door_readings::household_id.eq(row.household_id),
                door_readings::actor_kind.eq(actor_kind.as_str()),
                door_readings::actor_id.eq(actor_id),
                door_readings::call_id.eq(&unit.call_id),
                door_readings::exported.eq(true),
            )
        })
        .collect();
    diesel::insert_into(door_readings::table).values(readings).execute(unit.conn).await?;
    let mut doors = Vec::with_capacity(rows.len());
    for row in rows {
        doors.push((HouseholdId::new(row.household_id), door(unit, row).await?));
    }
    Ok(doors)
}

/// Records that a household's door is read, or a photo that shows it.
///
/// # Errors
/// When the database fails.
pub async fn record_reading(
    unit: &mut Unit<'_>,
    (organisation, household): (Uuid, HouseholdId),
    purpose: Purpose,
) -> Result<(), StorageError> {
    let (actor_kind, actor_id) = unit.actor.signature();
    diesel::insert_into(door_readings::table)
        .values((
            door_readings::at.eq(unit.now),
            door_readings::organisation_id.eq(organisation),
            door_readings::household_id.eq(household.uuid()),
            door_readings::request_id.eq(purpose.request.map(RequestId::uuid)),
            door_readings::claim_id.eq(purpose.claim.map(ClaimId::uuid)),
            door_readings::actor_kind.eq(actor_kind.as_str()),
            door_readings::actor_id.eq(actor_id),
            door_readings::call_id.eq(&unit.call_id),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Whose doors the caller has read one by one since the longest window of these limits began, and when last. Two
/// readings of one caller take turns from here on.
///
/// # Errors
/// When the database fails.
pub async fn opened_lately(unit: &mut Unit<'_>, limits: &[Limit]) -> Result<Vec<Opened>, StorageError> {
    let (kind, id) = unit.actor.signature();
    take_turns(unit, id).await?;
    let longest = limits.iter().map(|limit| limit.within_s).max().unwrap_or_default();
    let since = unit.now - chrono::TimeDelta::seconds(longest);
    let rows: Vec<(Uuid, Option<Moment>)> = door_readings::table
        .filter(door_readings::actor_id.eq(id))
        .filter(door_readings::actor_kind.eq(kind.as_str()))
        .filter(door_readings::at.gt(since))
        .filter(door_readings::exported.eq(false))
        .group_by(door_readings::household_id)
        .select((door_readings::household_id, diesel::dsl::max(door_readings::at)))
        .load(unit.conn)
        .await?;
    let opened = rows
        .into_iter()
        .filter_map(|(household, at)| Some(Opened { household: HouseholdId::new(household), at: at? }));
    Ok(opened.collect())
}

/// When each export of doors that the caller took within the window of exports was begun. Two of one caller take turns
/// from here on.
///
/// # Errors
/// When the database fails.
pub async fn exported_lately(unit: &mut Unit<'_>) -> Result<Vec<Moment>, StorageError> {
    let (kind, id) = unit.actor.signature();
    take_turns(unit, id).await?;
    let since = unit.now - chrono::TimeDelta::seconds(door_budget::EXPORT_WINDOW_S);
    let begun: Vec<Option<Moment>> = door_readings::table
        .filter(door_readings::actor_id.eq(id))
        .filter(door_readings::actor_kind.eq(kind.as_str()))
        .filter(door_readings::at.gt(since))
        .filter(door_readings::exported.eq(true))
        .group_by(door_readings::call_id)
        .select(diesel::dsl::min(door_readings::at))
        .load(unit.conn)
        .await?;
    Ok(begun.into_iter().flatten().collect())
}

async fn take_turns(unit: &mut Unit<'_>, reader: Option<Uuid>) -> Result<(), StorageError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('doors ' || $1::text, 0))")
        .bind::<diesel::sql_types::Nullable<SqlUuid>, _>(reader)
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

async fn door(unit: &Unit<'_>, row: DoorRow) -> Result<Door, StorageError> {
    let of = (row.organisation_id, row.household_id);
    let wrapped = Wrapped { version: row.key_version, bytes: row.data_key };
    let key = unit.data_key(of, &wrapped).await?;
    let private = Private::open(&key, of, &row.sealed)?;
    Ok(Door {
        name: private.name,
        phone: private.phone,
        address: private.address,
        position: position(row.lat, row.lon)?,
        exactness: exact_or_not(row.is_approximate),
        accuracy_m: row.accuracy_m,
        notes: private.notes,
    })
}

/// How far a place is from a household's door: for the proof rule. Only the verdict leaves the service,
/// never this distance.
///
/// # Errors
/// When the database fails.
pub async fn distance_to_door(
    unit: &mut Unit<'_>,
    household: HouseholdId,
    from: Position,
) -> Result<Option<Metres>, StorageError> {
    let place: Option<(f64, f64)> = household_doors::table
        .find(household.uuid())
        .select((household_doors::lat, household_doors::lon))
        .first(unit.conn)
        .await
        .optional()?;
    place.map(|(lat, lon)| Ok(great_circle(from, position(lat, lon)?))).transpose()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    cell: i64,
    #[diesel(sql_type = Integer)]
    count: i32,
}

/// Cells as statements are told of them, each with the first and last of the finest cells that are its own: doors
/// are found by theirs.
pub(super) struct Numbers {
    pub(super) cells: Vec<i64>,
    pub(super) firsts: Vec<i64>,
    pub(super) lasts: Vec<i64>,
}

impl Numbers {
    pub(super) fn of(cells: &[Cell]) -> Self {
        let number = |cell: Cell| cell.bits().cast_signed();
        Self {
            cells: cells.iter().map(|cell| number(*cell)).collect(),
            firsts: cells.iter().map(|cell| number(cell.finest().0)).collect(),
            lasts: cells.iter().map(|cell| number(cell.finest().1)).collect(),
        }
    }
}

/// How many buildings or households, whichever is more, each of these cells of an area holds.
///
/// # Errors
/// When the database fails.
pub async fn count_in_cells(
    unit: &mut Unit<'_>,
    area: AreaId,
    cells: &[Cell],
) -> Result<Vec<(Cell, u32)>, StorageError> {
    let Numbers { cells: asked, firsts, lasts } = Numbers::of(cells);
    let counts: Vec<Count> = diesel::sql_query(
        "SELECT asked.cell, greatest(coalesce(b.buildings, 0), \
            coalesce(d.doors, 0)) AS count \
         FROM unnest($2) WITH ORDINALITY AS asked (cell, place) \
         LEFT JOIN doors_in_cells($1, $3, $4, 1000) d ON d.place = asked.place \
         LEFT JOIN building_cells b ON b.area_id = $1 AND b.cell = asked.cell",
    )
    .bind::<SqlUuid, _>(area.uuid())
    .bind::<Array<BigInt>, _>(asked)
    .bind::<Array<BigInt>, _>(firsts)
    .bind::<Array<BigInt>, _>(lasts)
    .prepared()
    .load(unit.conn)
    .await?;
    let counted = counts.into_iter().filter_map(|row| {
        let cell = cells.iter().find(|cell| cell.bits().cast_signed() == row.cell)?;
        Some((*cell, row.count.unsigned_abs()))
    });
    Ok(counted.collect())
}
