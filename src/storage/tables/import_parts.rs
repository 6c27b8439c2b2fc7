//! The parts of a file on its way in. They hold doors, and go with what is taken in of them, or when the
//! import ends.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{ImportId, OrganisationId};
use domain::sheet::{ImportStatus, Part};

use crate::storage::schema::{import_parts, imports};
use crate::storage::{StorageError, Unit};

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
    diesel::insert_into(import_parts::table)
        .values((
            import_parts::import_id.eq(import.uuid()),
            import_parts::part.eq(number - 1),
            import_parts::organisation_id.eq(organisation.uuid()),
            import_parts::first_row.eq(part.first_row.cast_signed()),
            import_parts::first_line.eq(part.first_line.cast_signed()),
            import_parts::rows.eq(rows),
            import_parts::bytes.eq(&part.bytes),
        ))
        .execute(unit.conn)
        .await?;
    Ok(true)
}

/// A part of a file.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, import: ImportId, part: i32) -> Result<Option<Part>, StorageError> {
    let row: Option<(i64, i64, i32, Vec<u8>)> = import_parts::table
        .find((import.uuid(), part))
        .select((import_parts::first_row, import_parts::first_line, import_parts::rows, import_parts::bytes))
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row.map(|(first_row, first_line, rows, bytes)| Part {
        first_row: first_row.cast_unsigned(),
        first_line: first_line.cast_unsigned(),
        rows: usize::try_from(rows).unwrap_or_default(),
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
