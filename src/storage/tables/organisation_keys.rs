//! Organisations' wrapped keys, all at once: for whoever changes master keys. `keyring` reads and makes them one by one.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::storage::keyring::{MASTER_LOCK, WrappedKey};
use crate::storage::schema::organisation_keys;
use crate::storage::{StorageError, Unit};
use crate::vault::MasterId;

/// Has the question of which master key wraps to itself until the unit of work ends: nobody makes a key meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn hold_masters(unit: &mut Unit<'_>) -> Result<(), StorageError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(MASTER_LOCK)
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// All of them.
///
/// # Errors
/// When the database fails.
pub async fn all(unit: &mut Unit<'_>) -> Result<Vec<WrappedKey>, StorageError> {
    unit.allow_long_statements().await?;
    let rows: Vec<(Uuid, String, i32, String, Vec<u8>)> = organisation_keys::table
        .order((organisation_keys::organisation_id, organisation_keys::purpose, organisation_keys::version))
        .select((
            organisation_keys::organisation_id,
            organisation_keys::purpose,
            organisation_keys::version,
            organisation_keys::master_id,
            organisation_keys::wrapped,
        ))
        .load(unit.conn)
        .await?;
    let read = |(organisation, purpose, version, master, bytes): (Uuid, String, i32, String, Vec<u8>)| {
        WrappedKey::read(organisation, (&purpose, version, &master, bytes))
    };
    rows.into_iter().map(read).collect()
}

/// Keeps these as they are wrapped now.
///
/// # Errors
/// When the database fails.
pub async fn rewrap(unit: &mut Unit<'_>, keys: &[WrappedKey]) -> Result<usize, StorageError> {
    let organisations: Vec<Uuid> = keys.iter().map(|key| key.organisation).collect();
    let purposes: Vec<&str> = keys.iter().map(|key| key.purpose.as_str()).collect();
    let versions: Vec<i32> = keys.iter().map(|key| key.version).collect();
    let masters: Vec<String> = keys.iter().map(|key| key.master.to_string()).collect();
    let wrapped: Vec<&[u8]> = keys.iter().map(|key| key.bytes.as_slice()).collect();
    let changed = diesel::sql_query(
        "UPDATE organisation_keys k SET master_id = n.master_id, wrapped = n.wrapped \
         FROM unnest($1, $2, $3, $4, $5) n (organisation_id, purpose, version, master_id, wrapped) \
         WHERE k.organisation_id = n.organisation_id AND k.purpose = n.purpose AND k.version = n.version",
    )
    .bind::<Array<SqlUuid>, _>(organisations)
    .bind::<Array<Text>, _>(purposes)
    .bind::<Array<Integer>, _>(versions)
    .bind::<Array<Text>, _>(masters)
    .bind::<Array<Binary>, _>(wrapped)
    .execute(unit.conn)
    .await?;
    Ok(changed)
}

/// How many keys a master key wraps.
///
/// # Errors
/// When the database fails.
pub async fn wrapped_by(unit: &mut Unit<'_>, master: &MasterId) -> Result<i64, StorageError> {
    let count = organisation_keys::table
        .filter(organisation_keys::master_id.eq(master.to_string()))
        .count()
        .get_result(unit.conn)
        .await?;
    Ok(count)
}
