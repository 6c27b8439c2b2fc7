//! Why rows of a file were not taken: written with the part they are of, read as a report.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{ImportId, OrganisationId};
use domain::sheet::Fault;

use crate::storage::schema::import_faults;
use crate::storage::{StorageError, Unit};

/// A fault as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = import_faults)]
pub struct FaultRow {
    /// The row, as a spreadsheet counts.
    pub row: i64,
    /// Which fault of that row.
    pub number: i32,
    /// The line of the file.
    pub line: i64,
    /// In which column.
    pub column_name: Option<String>,
    /// Why, as a word.
    pub reason: String,
    /// What to do.
    pub advice: String,
    /// The row or id that it repeats.
    pub repeats: Option<String>,
}

/// A row that is not taken, by row and line, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The row, as a spreadsheet counts.
    pub row: u64,
    /// The line of the file.
    pub line: u64,
    /// Why.
    pub faults: Vec<Fault>,
}

/// Keeps the faults of some rows.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    (organisation, import): (OrganisationId, ImportId),
    refused: &[Refused],
) -> Result<(), StorageError> {
    let rows: Vec<_> = refused
        .iter()
        .flat_map(|refused| {
            (0_i32..).zip(&refused.faults).map(move |(number, fault)| (refused, number, fault))
        })
        .map(|(refused, number, fault)| {
            (
                import_faults::import_id.eq(import.uuid()),
                import_faults::row.eq(refused.row.cast_signed()),
                import_faults::number.eq(number),
                import_faults::organisation_id.eq(organisation.uuid()),
                import_faults::line.eq(refused.line.cast_signed()),
                import_faults::column_name.eq(fault.column),
                import_faults::reason.eq(fault.reason.as_str()),
                import_faults::advice.eq(fault.advice.as_ref()),
                import_faults::repeats.eq(fault.repeats.as_deref()),
            )
        })
        .collect();
    // Nine values a row, and a statement takes 65,535 of them.
    for some in rows.chunks(5_000) {
        diesel::insert_into(import_faults::table).values(some.to_vec()).execute(unit.conn).await?;
    }
    Ok(())
}

/// Which of these rows are not taken.
///
/// # Errors
/// When the database fails.
pub async fn refused_rows(
    unit: &mut Unit<'_>,
    import: ImportId,
    (first, count): (u64, usize),
) -> Result<Vec<u64>, StorageError> {
    let last = first.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    let rows: Vec<i64> = import_faults::table
        .filter(import_faults::import_id.eq(import.uuid()))
        .filter(import_faults::row.ge(first.cast_signed()))
        .filter(import_faults::row.lt(last.cast_signed()))
        .filter(import_faults::number.eq(0))
        .select(import_faults::row)
        .order(import_faults::row)
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().map(i64::cast_unsigned).collect())
}

/// Faults in the order of rows, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    import: ImportId,
    (row, number): (i64, i32),
    limit: i64,
) -> Result<Vec<FaultRow>, StorageError> {
    let later =
        import_faults::row.gt(row).or(import_faults::row.eq(row).and(import_faults::number.gt(number)));
    let rows = import_faults::table
        .filter(import_faults::import_id.eq(import.uuid()))
        .filter(later)
        .order((import_faults::row, import_faults::number))
        .limit(limit)
        .select(FaultRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}
