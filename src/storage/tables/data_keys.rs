//! Households' data keys, wrapped anew by a newer version of their organisation's key. What they seal stays as it is.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::organisation_keys::hold_masters;
use crate::storage::schema::organisation_keys;
use crate::storage::{StorageError, Unit};
use crate::vault::{Bound, Key, Purpose, Vault, Wrapped};

/// How many are wrapped anew at once: some tenths of a second, so that no lock is held for long.
const AT_ONCE: i64 = 500;

/// Organisations that have a key for data.
///
/// # Errors
/// When the database fails.
pub async fn organisations(unit: &mut Unit<'_>) -> Result<Vec<Uuid>, StorageError> {
    let of_data = organisation_keys::purpose.eq(Purpose::Data.as_str());
    let found = organisation_keys::table
        .filter(of_data)
        .select(organisation_keys::organisation_id)
        .distinct()
        .order(organisation_keys::organisation_id)
        .load(unit.conn)
        .await?;
    Ok(found)
}

/// Makes the next version of an organisation's key for data. Nobody uses it before this unit of work has committed.
///
/// # Errors
/// When the database fails, or the master key is missing.
pub async fn add_version(
    unit: &mut Unit<'_>,
    vault: &Vault,
    organisation: Uuid,
) -> Result<i32, StorageError> {
    hold_masters(unit).await?;
    let newest: Option<i32> = organisation_keys::table
        .filter(organisation_keys::organisation_id.eq(organisation))
        .filter(organisation_keys::purpose.eq(Purpose::Data.as_str()))
        .select(diesel::dsl::max(organisation_keys::version))
        .first(unit.conn)
        .await?;
    let version = newest.unwrap_or_default() + 1;
    let (id, master) = vault.masters().current()?;
    let wrapped =
        master.wrap(&Bound::organisation_key(organisation, Purpose::Data, version, &id), &Key::make()?)?;
    diesel::insert_into(organisation_keys::table)
        .values((
            organisation_keys::organisation_id.eq(organisation),
            organisation_keys::purpose.eq(Purpose::Data.as_str()),
            organisation_keys::version.eq(version),
            organisation_keys::master_id.eq(id.to_string()),
            organisation_keys::wrapped.eq(wrapped),
        ))
        .execute(unit.conn)
        .await?;
    Ok(version)
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Integer)]
    newest: i32,
}

const NEWEST: &str = "SELECT organisation_id, max(version) AS newest FROM organisation_keys WHERE purpose = 'data' \
    GROUP BY organisation_id HAVING max(version) > 1";

/// Has this process seal by the newest versions from now on, of all organisations whose keys it has opened.
///
/// # Errors
/// When the database fails.
pub async fn take_up_newest(unit: &mut Unit<'_>, vault: &Vault) -> Result<(), StorageError> {
    let found: Vec<Newest> = diesel::sql_query(NEWEST).load(unit.conn).await?;
    for Newest { organisation_id, newest } in found {
        if vault.opened(organisation_id).is_some() {
            unit.database.keys_with(organisation_id, newest).await?;
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Old {
    #[diesel(sql_type = SqlUuid)]
    household_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Binary)]
    data_key: Vec<u8>,
    #[diesel(sql_type = Integer)]
    key_version: i32,
    #[diesel(sql_type = Integer)]
    newest: i32,
}

/// Wraps some data keys anew that an older version has wrapped. Answers how many. Those that somebody else works on
/// are left to them.
///
/// # Errors
/// When the database fails, or a key does not open.
pub async fn rewrap_some(unit: &mut Unit<'_>) -> Result<usize, StorageError> {
    let some: Vec<Old> = diesel::sql_query(format!(
        "SELECT d.household_id, d.organisation_id, d.data_key, d.key_version, k.newest FROM ({NEWEST}) k \
         CROSS JOIN LATERAL (SELECT * FROM household_doors d WHERE d.organisation_id = k.organisation_id \
             AND d.key_version < k.newest LIMIT $1 FOR UPDATE SKIP LOCKED) d LIMIT $1"
    ))
    .bind::<BigInt, _>(AT_ONCE)
    .load(unit.conn)
    .await?;
    let (mut households, mut keys, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    for Old { household_id, organisation_id, data_key, key_version, newest } in some {
        let of_organisation = unit.database.keys_with(organisation_id, newest).await?;
        let old = Wrapped { version: key_version, bytes: data_key };
        let anew = of_organisation.wrap(household_id, &of_organisation.data_key(household_id, &old)?)?;
        households.push(household_id);
        keys.push(anew.bytes);
        versions.push(anew.version);
    }
    if households.is_empty() {
        return Ok(0);
    }
    let changed = diesel::sql_query(
        "UPDATE household_doors d SET data_key = n.data_key, key_version = n.key_version \
         FROM unnest($1, $2, $3) n (household_id, data_key, key_version) WHERE d.household_id = n.household_id",
    )
    .bind::<Array<SqlUuid>, _>(households)
    .bind::<Array<Binary>, _>(keys)
    .bind::<Array<Integer>, _>(versions)
    .execute(unit.conn)
    .await?;
    Ok(changed)
}
