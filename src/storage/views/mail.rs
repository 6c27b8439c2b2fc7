//! How the letters stand that wait to be sent.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Double, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::storage::{StorageError, Unit};

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, QueryableByName)]
pub struct MailVitals {
    /// How many letters.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// How long the oldest has waited, in seconds; 0 when none does.
    #[diesel(sql_type = Double)]
    pub oldest_s: f64,
}

/// Counts what waits.
///
/// # Errors
/// When the database fails.
pub async fn vitals(unit: &mut Unit<'_>) -> Result<MailVitals, StorageError> {
    let vitals = diesel::sql_query(
        "SELECT count(*) AS waiting, coalesce(max(extract(epoch FROM $1 - created_at)), 0)::float8 AS oldest_s \
         FROM mail_messages WHERE state = 'waiting'",
    )
    .bind::<Timestamptz, _>(unit.now)
    .get_result(unit.conn)
    .await?;
    Ok(vitals)
}
