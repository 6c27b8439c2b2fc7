//! Notes of requests, sealed under their households' data keys: who destroys such a key has erased them too.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::id::RequestId;
use uuid::Uuid;

use super::sealed_doors::filled_up;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{household_doors, plain_notes, request_notes, requests};
use crate::storage::{StorageError, Unit};
use crate::vault::{Bound, Key, Wrapped};

/// How many of the release before are sealed at once.
const AT_ONCE: i64 = 500;

fn bound(organisation: Uuid, request: Uuid) -> Bound {
    Bound::row(organisation, "request_notes.sealed", request)
}

fn seal(key: &Key, (organisation, request): (Uuid, Uuid), note: &str) -> Result<Vec<u8>, StorageError> {
    Ok(key.seal(&bound(organisation, request), &filled_up(note)?)?)
}

/// A household's data key as it lies beside its door, asked with something else.
pub(in crate::storage) async fn ask_data_key(
    mut conn: &AsyncPgConnection,
    household: Uuid,
) -> Result<Option<Wrapped>, StorageError> {
    let found: Option<(i32, Vec<u8>)> = household_doors::table
        .find(household)
        .select((household_doors::key_version, household_doors::data_key))
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(version, bytes)| Wrapped { version, bytes }))
}

/// Seals a note of a household's request, by its data key where that was read already.
pub(in crate::storage) async fn sealed(
    unit: &Unit<'_>,
    (organisation, household): (Uuid, Uuid),
    wrapped: Option<&Wrapped>,
    (request, note): (Uuid, Option<&str>),
) -> Result<Option<Vec<u8>>, StorageError> {
    let Some(note) = note else { return Ok(None) };
    let read;
    let wrapped = match wrapped {
        Some(wrapped) => Some(wrapped),
        None => {
            read = ask_data_key(&*unit.conn, household).await?;
            read.as_ref()
        }
    };
    let wrapped = wrapped.ok_or_else(without_a_door)?;
    let key = unit.data_key((organisation, household), wrapped).await?;
    Ok(Some(seal(&key, (organisation, request), note)?))
}

/// Seals notes of many households' requests. Answers each with its request.
pub(in crate::storage) async fn sealed_many(
    unit: &mut Unit<'_>,
    notes: Vec<(Uuid, Uuid, Uuid, &str)>,
) -> Result<Vec<(Uuid, Vec<u8>)>, StorageError> {
    let mut households: Vec<Uuid> = notes.iter().map(|(_, household, _, _)| *household).collect();
    households.sort_unstable();
    households.dedup();
    let found: Vec<(Uuid, i32, Vec<u8>)> = household_doors::table
        .filter(household_doors::household_id.eq_any(&households))
        .select((household_doors::household_id, household_doors::key_version, household_doors::data_key))
        .load(unit.conn)
        .await?;
    let keys: HashMap<Uuid, Wrapped> = found
        .into_iter()
        .map(|(household, version, bytes)| (household, Wrapped { version, bytes }))
        .collect();
    let mut sealed = Vec::with_capacity(notes.len());
    for (organisation, household, request, note) in notes {
        let wrapped = keys.get(&household).ok_or_else(without_a_door)?;
        let key = unit.data_key((organisation, household), wrapped).await?;
        sealed.push((request, seal(&key, (organisation, request), note)?));
    }
    Ok(sealed)
}

/// What the volunteer should know, where anything was told.
///
/// # Errors
/// When the database fails, or it does not open.
pub async fn of_request(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<String>, StorageError> {
    let found: Option<(Uuid, Uuid, Vec<u8>)> = request_notes::table
        .inner_join(requests::table.on(requests::id.eq(request_notes::request_id)))
        .filter(request_notes::request_id.eq(id.uuid()))
        .select((requests::organisation_id, requests::household_id, request_notes::sealed))
        .first(unit.conn)
        .await
        .optional()?;
    let Some((organisation, household, sealed)) = found else { return Ok(None) };
    let wrapped = ask_data_key(&*unit.conn, household).await?.ok_or_else(without_a_door)?;
    let key = unit.data_key((organisation, household), &wrapped).await?;
    let note = key.open(&bound(organisation, id.uuid()), &sealed)?;
    let note = serde_json::from_slice(&note)
        .map_err(|_| StorageError::Impossible("a note that cannot be read".to_owned()))?;
    Ok(Some(note))
}

/// Seals some notes of the release before. Answers how many.
pub(super) async fn seal_some_plain(unit: &mut Unit<'_>) -> Result<usize, StorageError> {
    let rows: Vec<(Uuid, Uuid, Uuid, String)> = plain_notes::table
        .order(plain_notes::request_id)
        .limit(AT_ONCE)
        .select((
            plain_notes::organisation_id,
            plain_notes::area_id,
            plain_notes::request_id,
            plain_notes::note,
        ))
        .for_update()
        .load(unit.conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|(_, _, request, _)| *request).collect();
    let households: HashMap<Uuid, Uuid> = requests::table
        .filter(requests::id.eq_any(&ids))
        .select((requests::id, requests::household_id))
        .load(unit.conn)
        .await?
        .into_iter()
        .collect();
    let mut notes = Vec::with_capacity(rows.len());
    for (organisation, _, request, note) in &rows {
        let household = households.get(request).ok_or_else(without_a_door)?;
        notes.push((*organisation, *household, *request, note.as_str()));
    }
    let sealed: HashMap<Uuid, Vec<u8>> = sealed_many(unit, notes).await?.into_iter().collect();
    let rows: Vec<_> = rows
        .iter()
        .filter_map(|(organisation, area, request, _)| {
            Some((
                request_notes::request_id.eq(*request),
                request_notes::organisation_id.eq(*organisation),
                request_notes::area_id.eq(*area),
                request_notes::sealed.eq(sealed.get(request)?),
            ))
        })
        .collect();
    diesel::insert_into(request_notes::table).values(rows).execute(unit.conn).await?;
    diesel::delete(plain_notes::table.filter(plain_notes::request_id.eq_any(&ids)))
        .execute(unit.conn)
        .await?;
    Ok(ids.len())
}

fn without_a_door() -> StorageError {
    StorageError::Impossible("a household without a door".to_owned())
}
