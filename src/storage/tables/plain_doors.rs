//! Doors and notes of a release that did not seal them. They are sealed before the service serves; then nothing is here
//! any more.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::door::{Address, Door, Exactness, Phone};
use uuid::Uuid;

use super::doors::DoorRow;
use super::notes;
use super::sealed_doors::SealedDoor;
use super::settings::position;
use crate::storage::schema::{household_doors, plain_doors, plain_notes};
use crate::storage::{StorageError, Unit};

/// How many are sealed at once: some tenths of a second, so that no lock is held for long.
const AT_ONCE: i64 = 500;

const WIPE: &str = "DO $$ DECLARE plain regclass; is_any boolean; BEGIN \
    FOREACH plain IN ARRAY ARRAY['plain_doors', 'plain_notes']::regclass[] LOOP \
        IF pg_relation_size(plain) = 0 THEN CONTINUE; END IF; \
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', plain); \
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', plain) INTO is_any; \
        IF NOT is_any THEN EXECUTE format('TRUNCATE %s', plain); END IF; \
    END LOOP; END $$";

#[derive(Queryable, Selectable)]
#[diesel(table_name = plain_doors)]
struct PlainRow {
    household_id: Uuid,
    organisation_id: Uuid,
    area_id: Uuid,
    name: String,
    phone: Option<String>,
    street: Option<String>,
    house: Option<String>,
    entrance: Option<String>,
    floor: Option<String>,
    flat: Option<String>,
    intercom: Option<String>,
    landmark: Option<String>,
    plus_code: Option<String>,
    lat: f64,
    lon: f64,
    accuracy_m: Option<f64>,
    notes: Option<String>,
    cells: Vec<Option<i64>>,
    is_approximate: bool,
}

/// Whether there is any.
///
/// # Errors
/// When the database fails.
pub async fn is_any(unit: &mut Unit<'_>) -> Result<bool, StorageError> {
    Ok(is_any_door(unit).await? || is_any_note(unit).await?)
}

async fn is_any_door(unit: &mut Unit<'_>) -> Result<bool, StorageError> {
    let doors = diesel::dsl::exists(plain_doors::table.select(plain_doors::household_id));
    Ok(diesel::select(doors).get_result(unit.conn).await?)
}

async fn is_any_note(unit: &mut Unit<'_>) -> Result<bool, StorageError> {
    let notes = diesel::dsl::exists(plain_notes::table.select(plain_notes::request_id));
    Ok(diesel::select(notes).get_result(unit.conn).await?)
}

/// Seals some, doors first, and forgets them here. Answers how many.
///
/// # Errors
/// When the database fails, or one is not as doors are.
pub async fn seal_some(unit: &mut Unit<'_>) -> Result<usize, StorageError> {
    if is_any_door(unit).await? { seal_some_doors(unit).await } else { notes::seal_some_plain(unit).await }
}

async fn seal_some_doors(unit: &mut Unit<'_>) -> Result<usize, StorageError> {
    let rows: Vec<PlainRow> = plain_doors::table
        .order(plain_doors::household_id)
        .limit(AT_ONCE)
        .select(PlainRow::as_select())
        .for_update()
        .load(unit.conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.household_id).collect();
    let mut sealed = Vec::with_capacity(rows.len());
    for row in rows {
        let keys = unit.keys_of(row.organisation_id).await?;
        let (household, organisation, area) = (row.household_id, row.organisation_id, row.area_id);
        let cells = row.cells.clone();
        let door = door(row)?;
        let kept = SealedDoor::of(&keys, household, &door)?;
        sealed.push(DoorRow::of((household, organisation, area), &door, kept, cells));
    }
    diesel::insert_into(household_doors::table).values(&sealed).execute(unit.conn).await?;
    diesel::delete(plain_doors::table.filter(plain_doors::household_id.eq_any(&ids)))
        .execute(unit.conn)
        .await?;
    Ok(ids.len())
}

fn door(row: PlainRow) -> Result<Door, StorageError> {
    let phone = row.phone.map(|phone| Phone::from_e164(&phone)).transpose();
    Ok(Door {
        name: row.name,
        phone: phone.map_err(|error| StorageError::Impossible(error.to_string()))?,
        address: Address {
            street: row.street,
            house: row.house,
            entrance: row.entrance,
            floor: row.floor,
            flat: row.flat,
            intercom: row.intercom,
            landmark: row.landmark,
            plus_code: row.plus_code,
        },
        position: position(row.lat, row.lon)?,
        exactness: if row.is_approximate { Exactness::Approximate } else { Exactness::Exact },
        accuracy_m: row.accuracy_m,
        notes: row.notes,
    })
}

/// Empties the tables' files: rows that were deleted would stay in them, readable, until something else takes their place.
/// Does nothing while there is a row, or where the file is empty already.
///
/// # Errors
/// When the database fails.
pub async fn wipe(owner_url: &str) -> Result<(), StorageError> {
    let mut owner = AsyncPgConnection::establish(owner_url)
        .await
        .map_err(|error| StorageError::NoConnection(error.to_string()))?;
    owner.batch_execute(WIPE).await?;
    Ok(())
}
