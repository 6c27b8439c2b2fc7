//! The parts of a file on its way in. They hold doors, and go with what is taken in of them, or when the
//! import ends.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{ImportId, OrganisationId};
use domain::sheet::{ImportStatus, Part};

use crate::storage::schema::{import_parts, imports};
use crate::storage::{StorageError, Unit};
use crate::vault::Bound;

/// Keeps the next part of a file that is arriving. False when that file is not awaited any more.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    (organisation, import): (OrganisationId, ImportId),
    part: &Part,
) -> Result<bool, StorageError> {
    let rows = i32::try_from(part.rows).unwrap_or(i32::MAX);
    let number: Option<i32> = diesel::update(
        imports::table.find(import.uuid()).filter(imports::status.eq(ImportStatus::Receiving.as_str())),
    )
    .set((
        imports::parts.eq(imports::parts + 1),
        imports::rows_total.eq(imports::rows_total + i64::from(rows)),
        imports::updated_at.eq(unit.now),
    ))
    .returning(imports::parts)
    .get_result(unit.conn)
    .await
    .optional()?;
    let Some(number) = number else { return Ok(false) };
    let keys = unit.keys_of(organisation.uuid()).await?;
    let (version, key) = keys.newest()?;
    let sealed = key.seal(&bound(organisation.uuid(), import, number - 1), &part.bytes)?;
    diesel::insert_into(import_parts::table)
        .values((
            import_parts::import_id.eq(import.uuid()),
            import_parts::part.eq(number - 1),
            import_parts::organisation_id.eq(organisation.uuid()),
            import_parts::first_row.eq(part.first_row.cast_signed()),
            import_parts::first_line.eq(part.first_line.cast_signed()),
            import_parts::rows.eq(rows),
            import_parts::bytes.eq(sealed),
            import_parts::key_version.eq(version),
        ))
        .execute(unit.conn)
        .await?;
    Ok(true)
}

/// As it lies in its row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = import_parts)]
struct PartRow {
    organisation_id: uuid::Uuid,
    first_row: i64,
    first_line: i64,
    rows: i32,
    bytes: Vec<u8>,
    key_version: Option<i32>,
}

fn bound(organisation: uuid::Uuid, import: ImportId, part: i32) -> Bound {
    Bound::part(organisation, "import_parts.bytes", import.uuid(), part)
}

/// A part of a file.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, import: ImportId, part: i32) -> Result<Option<Part>, StorageError> {
    let row = import_parts::table
        .find((import.uuid(), part))
        .select(PartRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let bytes = match row.key_version {
        // It was received before parts were sealed.
        None => row.bytes,
        Some(version) => {
            let keys = unit.database.keys_with(row.organisation_id, version).await?;
            let bound = bound(row.organisation_id, import, part);
            keys.version(version)?.open(&bound, &row.bytes)?.to_vec()
        }
    };
    Ok(Some(Part {
        first_row: row.first_row.cast_unsigned(),
        first_line: row.first_line.cast_unsigned(),
        rows: usize::try_from(row.rows).unwrap_or_default(),
        bytes,
    }))
}

/// The parts that are there still, in their order.
///
/// # Errors
/// When the database fails.
pub async fn remaining(unit: &mut Unit<'_>, import: ImportId) -> Result<Vec<i32>, StorageError> {
    let parts = import_parts::table
        .filter(import_parts::import_id.eq(import.uuid()))
        .select(import_parts::part)
        .order(import_parts::part)
        .load(unit.conn)
        .await?;
    Ok(parts)
}

/// Forgets a part, whose rows are taken in by this unit of work, and keeps others from taking it meanwhile.
/// False when another has taken it in already.
///
/// # Errors
/// When the database fails.
pub async fn use_up(unit: &mut Unit<'_>, import: ImportId, part: i32) -> Result<bool, StorageError> {
    let gone = diesel::delete(import_parts::table.find((import.uuid(), part))).execute(unit.conn).await?;
    Ok(gone == 1)
}

/// Forgets a file.
///
/// # Errors
/// When the database fails.
pub async fn forget(unit: &mut Unit<'_>, import: ImportId) -> Result<(), StorageError> {
    diesel::delete(import_parts::table.filter(import_parts::import_id.eq(import.uuid())))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Forgets an import that never came to anything: its file did not arrive, or was there already.
///
/// # Errors
/// When the database fails.
pub async fn discard(unit: &mut Unit<'_>, import: ImportId) -> Result<(), StorageError> {
    forget(unit, import).await?;
    diesel::delete(
        imports::table.find(import.uuid()).filter(imports::status.eq(ImportStatus::Receiving.as_str())),
    )
    .execute(unit.conn)
    .await?;
    Ok(())
}

/// The imports whose files stopped arriving before this moment.
///
/// # Errors
/// When the database fails.
pub async fn stalled(unit: &mut Unit<'_>, before: Moment) -> Result<Vec<ImportId>, StorageError> {
    let ids: Vec<uuid::Uuid> = imports::table
        .filter(imports::status.eq(ImportStatus::Receiving.as_str()))
        .filter(imports::updated_at.lt(before))
        .select(imports::id)
        .load(unit.conn)
        .await?;
    Ok(ids.into_iter().map(ImportId::new).collect())
}
