//! Everything private of a household is destroyed: its data key first of all, by which the rest was readable. Rows that
//! are counted stay, without a word of anybody's.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::household::HouseholdStatus;
use domain::id::{HouseholdId, RequestId};
use uuid::Uuid;

use super::households::HouseholdRow;
use crate::storage::schema::{household_consents, household_doors, households, requests, volunteer_blocks};
use crate::storage::{StorageError, Unit};

/// Answers to keys are kept for a week: what nobody has touched for longer is in none.
const ANSWERS: TimeDelta = TimeDelta::days(8);

/// How many ids are asked for at once.
const AT_ONCE: usize = 10_000;

/// What hangs on a household's requests. `$1` is the household.
const OF_REQUESTS: [&str; 6] = [
    "DELETE FROM request_notes n USING requests q WHERE q.id = n.request_id AND q.household_id = $1",
    "DELETE FROM request_phrases p USING requests q WHERE q.id = p.request_id AND q.household_id = $1",
    "DELETE FROM photos p USING deliveries d, requests q \
     WHERE d.id = p.delivery_id AND q.id = d.request_id AND q.household_id = $1",
    "UPDATE deliveries d SET status_reason = NULL, version = d.version + 1 FROM requests q \
     WHERE q.id = d.request_id AND q.household_id = $1 AND d.status_reason IS NOT NULL",
    "UPDATE claims SET status_reason = NULL, version = version + 1 \
     WHERE household_id = $1 AND status_reason IS NOT NULL",
    "DELETE FROM import_staging WHERE household_id = $1",
];

/// Erases a household that is locked. False when it has changed since it was read.
///
/// # Errors
/// When the database fails.
pub async fn household(unit: &mut Unit<'_>, row: &HouseholdRow) -> Result<bool, StorageError> {
    forget_answers(unit, row).await?;
    for sql in OF_REQUESTS {
        diesel::sql_query(sql).bind::<SqlUuid, _>(row.id).execute(unit.conn).await?;
    }
    diesel::update(requests::table.filter(requests::household_id.eq(row.id)))
        .set((
            requests::external_id.eq(None::<String>),
            requests::status_reason.eq(None::<String>),
            requests::skills.eq(Vec::<Option<String>>::new()),
            requests::languages.eq(Vec::<Option<String>>::new()),
            requests::updated_at.eq(unit.now),
            requests::version.eq(requests::version + 1),
        ))
        .execute(unit.conn)
        .await?;
    diesel::delete(volunteer_blocks::table.filter(volunteer_blocks::household_id.eq(row.id)))
        .execute(unit.conn)
        .await?;
    diesel::delete(household_consents::table.find(row.id)).execute(unit.conn).await?;
    diesel::delete(household_doors::table.find(row.id)).execute(unit.conn).await?;
    let changed = diesel::update(households::table.find(row.id).filter(households::version.eq(row.version)))
        .set((
            households::status.eq(HouseholdStatus::Archived.as_str()),
            households::status_reason.eq(None::<String>),
            households::external_id.eq(None::<String>),
            households::categories.eq(Vec::<Option<String>>::new()),
            households::languages.eq(Vec::<Option<String>>::new()),
            households::erased_at.eq(unit.now),
            households::updated_at.eq(unit.now),
            households::version.eq(row.version + 1),
        ))
        .execute(unit.conn)
        .await?;
    Ok(changed == 1)
}

/// Households that were erased.
///
/// # Errors
/// When the database fails.
pub async fn all_households(unit: &mut Unit<'_>) -> Result<Vec<HouseholdId>, StorageError> {
    let ids: Vec<Uuid> = households::table
        .filter(households::erased_at.is_not_null())
        .select(households::id)
        .load(unit.conn)
        .await?;
    Ok(ids.into_iter().map(HouseholdId::new).collect())
}

/// Those of these households that are there and not erased.
///
/// # Errors
/// When the database fails.
pub async fn not_erased_among(
    unit: &mut Unit<'_>,
    listed: &[HouseholdId],
) -> Result<Vec<HouseholdId>, StorageError> {
    let mut found = Vec::new();
    for some in listed.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = households::table
            .filter(households::id.eq_any(some.iter().map(|id| id.uuid())))
            .filter(households::erased_at.is_null())
            .select(households::id)
            .load(unit.conn)
            .await?;
        found.extend(ids.into_iter().map(HouseholdId::new));
    }
    Ok(found)
}

/// Answers that a retry would get, which tell what was filed: of its coordinators and of partner apps.
async fn forget_answers(unit: &mut Unit<'_>, row: &HouseholdRow) -> Result<(), StorageError> {
    let since = unit.now - ANSWERS;
    let lately: Vec<Uuid> = requests::table
        .filter(requests::household_id.eq(row.id))
        .filter(requests::updated_at.gt(since))
        .select(requests::id)
        .load(unit.conn)
        .await?;
    if lately.is_empty() && row.updated_at <= since {
        return Ok(());
    }
    let names = lately.into_iter().map(|id| RequestId::new(id).to_string());
    forget_answers_about(unit, names.chain([row.household().to_string()]).collect()).await
}

#[derive(QueryableByName)]
struct Forgotten {
    #[diesel(sql_type = BigInt)]
    forgotten: i64,
}

async fn forget_answers_about(unit: &mut Unit<'_>, names: Vec<String>) -> Result<(), StorageError> {
    let Forgotten { forgotten } = diesel::sql_query("SELECT forget_answers($1) AS forgotten")
        .bind::<Array<Text>, _>(names)
        .get_result(unit.conn)
        .await?;
    tracing::debug!(forgotten, "answers that were kept for retries are emptied");
    Ok(())
}
