//! Wrong guesses, counted by quarters of an hour: at an account, or from an address. Both are keyed hashes.
//!
//! The count and its limit are one statement, so that of any number of guesses at once no more than the limit
//! are told that they were wrong.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::Moment;

use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::login_attempts as attempts;
use crate::storage::{StorageError, Unit};

/// How long a window is.
const WINDOW_S: i64 = 900;

/// What is counted, and how many wrong guesses are let through in a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The keyed hash of the account or the address.
    pub subject: Vec<u8>,
    /// How many.
    pub most: u32,
}

/// Whether the window has seen as many wrong guesses as are let through.
///
/// # Errors
/// When the database fails.
pub async fn is_used_up(unit: &mut Unit<'_>, limit: &Limit) -> Result<bool, StorageError> {
    let found: Option<i32> = attempts::table
        .find((&limit.subject, window(unit.now)))
        .select(attempts::failures)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.unwrap_or(0).unsigned_abs() >= limit.most)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Integer)]
    failures: i32,
}

/// Counts a wrong guess. False, and nothing is counted, when as many as are let through were counted before.
///
/// # Errors
/// When the database fails.
pub async fn count(unit: &mut Unit<'_>, limit: &Limit) -> Result<bool, StorageError> {
    let counted: Option<Counted> = diesel::sql_query(
        "INSERT INTO login_attempts (subject_hash, window_start, failures) VALUES ($1, $2, 1) \
         ON CONFLICT (subject_hash, window_start) DO UPDATE SET failures = login_attempts.failures + 1 \
         WHERE login_attempts.failures < $3 RETURNING failures",
    )
    .bind::<Binary, _>(&limit.subject)
    .bind::<Timestamptz, _>(window(unit.now))
    .bind::<Integer, _>(i32::try_from(limit.most).unwrap_or(i32::MAX))
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(counted.is_some_and(|counted| counted.failures > 0))
}

/// How many seconds are left of the window.
#[must_use]
pub fn seconds_left(now: Moment) -> u32 {
    u32::try_from(WINDOW_S - now.timestamp().rem_euclid(WINDOW_S)).unwrap_or(u32::MAX)
}

fn window(now: Moment) -> Moment {
    now - chrono::TimeDelta::seconds(now.timestamp().rem_euclid(WINDOW_S))
        - chrono::TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()))
}

/// Forgets wrong guesses of windows that began before that moment. Answers how many rows.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    forget_some(unit, "login_attempts", "window_start < $1", (before, most)).await
}
