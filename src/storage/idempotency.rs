//! Answers kept by idempotency key, committed together with what they answer.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;

use super::forgetting::forget_some;
use super::prepared::Prepare;
use super::schema::idempotency_keys;
use super::unit::break_in_two;
use super::{StorageError, Unit};
use crate::planted::{Bug, Point, reach};

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

impl KeptAnswer {
    /// Whether it told of somebody who was erased since: nothing of it is left.
    #[must_use]
    pub const fn was_emptied(&self) -> bool {
        self.fingerprint.is_empty()
    }
}

impl NewAnswer<'_> {
    /// One that is rolled back at once.
    pub(super) const fn rehearsal(now: Moment) -> Self {
        Self { status: 0, location: None, body: &[], at: now }
    }
}

impl Key {
    /// One that nobody else can have: no caller's id is empty.
    pub(super) fn rehearsal() -> Self {
        let id = crate::clock::new_id().to_string();
        Self { caller: String::new(), route: String::new(), key: id, fingerprint: Vec::new() }
    }

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

/// Looks the key up. Its lock must have been asked for before, by the opening of the same unit of work.
///
/// # Errors
/// When the database fails.
pub(super) async fn find(conn: &AsyncPgConnection, key: Option<&Key>) -> Result<Found, StorageError> {
    let Some(key) = key else {
        return Ok(Found::New);
    };
    Ok(look_up(conn, key).await?.map_or(Found::New, Found::Kept))
}

pub(super) async fn look_up(
    mut conn: &AsyncPgConnection,
    key: &Key,
) -> Result<Option<KeptAnswer>, diesel::result::Error> {
    let kept = idempotency_keys::table
        .find((&key.caller, &key.route, &key.key))
        .select(KeptAnswer::as_select())
        .first(&mut conn)
        .await
        .optional();
    reach(Point::KeyLookedUp);
    kept
}

/// An answer to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewAnswer<'a> {
    /// HTTP status.
    pub status: i16,
    /// `Location` header, where there is one.
    pub location: Option<&'a str>,
    /// The body, without anything secret.
    pub body: &'a [u8],
    /// When it was given.
    pub at: Moment,
}

/// Keeps the answer, to be committed with its effect.
///
/// # Errors
/// When the database fails; to be repeated when another call kept one meanwhile.
pub(super) async fn keep(
    conn: &AsyncPgConnection,
    key: &Key,
    answer: &NewAnswer<'_>,
) -> Result<(), StorageError> {
    break_in_two(conn, Bug::KeyAfterCommit).await?;
    reach(Point::KeyKeeping);
    let kept = insert(conn, key, answer).await;
    reach(Point::KeyKept);
    unless_used(kept)
}

/// A key that was used meanwhile is no failure: whoever repeats the call finds its answer.
pub(super) fn unless_used<T>(kept: Result<T, diesel::result::Error>) -> Result<T, StorageError> {
    match kept.map_err(StorageError::from) {
        Err(StorageError::Constraint(name)) if name == "idempotency_keys_pkey" => Err(StorageError::Repeat),
        other => other,
    }
}

/// What keeps a key within a larger statement: all null where there is none to keep.
#[derive(Default)]
pub(super) struct KeptColumns<'a> {
    pub(super) caller: Option<&'a str>,
    pub(super) route: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) fingerprint: Option<&'a [u8]>,
    pub(super) status: Option<i16>,
    pub(super) location: Option<&'a str>,
    pub(super) body: Option<&'a [u8]>,
    pub(super) at: Option<Moment>,
}

impl<'a> KeptColumns<'a> {
    pub(super) fn of(keeping: Option<&(&'a Key, NewAnswer<'a>)>) -> Self {
        let Some((key, answer)) = keeping else {
            return Self::default();
        };
        Self {
            caller: Some(&key.caller),
            route: Some(&key.route),
            key: Some(&key.key),
            fingerprint: Some(&key.fingerprint),
            status: Some(answer.status),
            location: answer.location,
            body: Some(answer.body),
            at: Some(answer.at),
        }
    }
}

/// The insertion of those columns within a larger statement, whose parameters begin with that number. It is
/// to be followed by `FROM` what must have been written.
pub(super) fn keeping_from(first: usize) -> String {
    let [caller, route, key, fingerprint, status, location, body, at] =
        std::array::from_fn(|place| first + place);
    format!(
        "INSERT INTO idempotency_keys (caller, route, key, fingerprint, status, location, body, created_at) \
         SELECT ${caller}::text, ${route}::text, ${key}::text, ${fingerprint}::bytea, ${status}::smallint, \
                ${location}::text, ${body}::bytea, ${at}::timestamptz"
    )
}

pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    key: &Key,
    answer: &NewAnswer<'_>,
) -> Result<(), diesel::result::Error> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::caller.eq(&key.caller),
            idempotency_keys::route.eq(&key.route),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::fingerprint.eq(&key.fingerprint),
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::location.eq(answer.location),
            idempotency_keys::body.eq(answer.body),
            idempotency_keys::created_at.eq(answer.at),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Forgets keys older than `days`, at most so many. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_older_than(unit: &mut Unit<'_>, days: i64, most: i64) -> Result<usize, StorageError> {
    let before = unit.now - chrono::TimeDelta::days(days);
    forget_some(unit, "idempotency_keys", "created_at < $1", (before, most)).await
}
