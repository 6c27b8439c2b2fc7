//! Answers kept by idempotency key, committed together with what they answer.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::idempotency_keys;
use super::{StorageError, Unit};

/// Which key, of whom, for which route, and a digest of the body it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Whose key it is.
    pub caller: String,
    /// Method and path of the call.
    pub route: String,
    /// The key itself.
    pub key: String,
    /// SHA-256 of the body.
    pub fingerprint: Vec<u8>,
}

/// The answer a key got.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct KeptAnswer {
    /// SHA-256 of the body that was answered.
    pub fingerprint: Vec<u8>,
    /// HTTP status.
    pub status: i16,
    /// `Location` header, where there was one.
    pub location: Option<String>,
    /// The body, without anything secret.
    pub body: Vec<u8>,
}

/// Whether a key was used before.
#[derive(Debug)]
pub enum Found {
    /// Never: go ahead.
    New,
    /// Another call with it is running at this moment.
    Running,
    /// It was used, and this was the answer.
    Kept(KeptAnswer),
}

impl Key {
    /// The number of the advisory lock that keeps two calls with this key apart.
    #[must_use]
    pub fn lock(&self) -> i64 {
        let digest = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            format!("{}\n{}\n{}", self.caller, self.route, self.key).as_bytes(),
        );
        let first: [u8; 8] = digest.as_ref().first_chunk().copied().unwrap_or_default();
        i64::from_be_bytes(first)
    }
}

/// Looks the key up, within the unit of work that holds its lock.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, key: &Key) -> Result<Found, StorageError> {
    if !unit.key_is_free {
        return Ok(Found::Running);
    }
    let kept = idempotency_keys::table
        .find((&key.caller, &key.route, &key.key))
        .select(KeptAnswer::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(kept.map_or(Found::New, Found::Kept))
}

/// Keeps the answer, to be committed with its effect.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    unit: &mut Unit<'_>,
    key: &Key,
    status: i16,
    location: Option<&str>,
    body: &[u8],
) -> Result<(), StorageError> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::caller.eq(&key.caller),
            idempotency_keys::route.eq(&key.route),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::fingerprint.eq(&key.fingerprint),
            idempotency_keys::status.eq(status),
            idempotency_keys::location.eq(location),
            idempotency_keys::body.eq(body),
            idempotency_keys::created_at.eq(unit.now),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Forgets keys older than `days`. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_older_than(unit: &mut Unit<'_>, days: i64) -> Result<usize, StorageError> {
    let before = unit.now - chrono::TimeDelta::days(days);
    let forgotten = diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before)))
        .execute(unit.conn)
        .await?;
    Ok(forgotten)
}
