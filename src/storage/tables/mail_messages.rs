//! Letters that wait to be sent, and what became of those that did. What they say is sealed by whoever queues them.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::OrganisationId;
use uuid::Uuid;

use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::mail_messages;
use crate::storage::{StorageError, Unit};

/// A letter to be queued.
pub struct NewMessage {
    /// Its id.
    pub id: Uuid,
    /// On whose behalf, where that is known.
    pub organisation: Option<OrganisationId>,
    /// A word for why it was written.
    pub purpose: &'static str,
    /// Whether it goes to addresses of people who may log in only.
    pub users_only: bool,
    /// Address, subject and text, sealed.
    pub sealed: Vec<u8>,
    /// It is of no use later.
    pub expires_at: Moment,
}

/// Queues a letter.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, new: NewMessage) -> Result<(), StorageError> {
    diesel::insert_into(mail_messages::table)
        .values((
            mail_messages::id.eq(new.id),
            mail_messages::organisation_id.eq(new.organisation.map(OrganisationId::uuid)),
            mail_messages::purpose.eq(new.purpose),
            mail_messages::whom.eq(if new.users_only { "users" } else { "anybody" }),
            mail_messages::sealed.eq(new.sealed),
            mail_messages::created_at.eq(unit.now),
            mail_messages::next_attempt_at.eq(unit.now),
            mail_messages::expires_at.eq(new.expires_at),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// A letter that was taken to be sent.
#[derive(Clone, QueryableByName)]
pub struct TakenRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether it goes to addresses of people who may log in only.
    #[diesel(sql_type = Bool)]
    pub users_only: bool,
    /// Whether its organisation is a sandbox.
    #[diesel(sql_type = Bool)]
    pub is_sandbox: bool,
    /// Address, subject and text, sealed.
    #[diesel(sql_type = Binary)]
    pub sealed: Vec<u8>,
    /// How often it was taken, this time included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

/// Takes letters that are due, the oldest first: until `lease_end` nobody else does.
///
/// # Errors
/// When the database fails.
pub async fn take(unit: &mut Unit<'_>, lease_end: Moment, most: i64) -> Result<Vec<TakenRow>, StorageError> {
    let rows = diesel::sql_query(
        "UPDATE mail_messages m SET attempts = m.attempts + 1, next_attempt_at = $2 \
         WHERE m.id IN (SELECT d.id FROM mail_messages d WHERE d.state = 'waiting' AND d.next_attempt_at <= $1 \
                          AND d.expires_at > $1 ORDER BY d.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) \
         RETURNING m.id, m.whom = 'users' AS users_only, m.sealed, m.attempts, \
           coalesce((SELECT o.is_sandbox FROM organisations o WHERE o.id = m.organisation_id), false) AS is_sandbox",
    )
    .bind::<Timestamptz, _>(unit.now)
    .bind::<Timestamptz, _>(lease_end)
    .bind::<BigInt, _>(most)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(rows)
}

/// What becomes of a letter that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was sent.
    Sent,
    /// It is given up.
    Dead,
    /// Nobody may have it.
    Withheld,
    /// It waits until then.
    WaitsUntil(Moment),
}

/// Puts a letter where it stands after an attempt; what it says is destroyed unless it waits. One that somebody else
/// has taken meanwhile is left to them, unless it was sent.
///
/// # Errors
/// When the database fails.
pub async fn settle(
    unit: &mut Unit<'_>,
    (id, attempts): (Uuid, i32),
    standing: &Standing,
    outcome: &str,
) -> Result<(), StorageError> {
    let (state, next) = match standing {
        Standing::Sent => ("sent", None),
        Standing::Dead => ("dead", None),
        Standing::Withheld => ("withheld", None),
        Standing::WaitsUntil(at) => ("waiting", Some(*at)),
    };
    diesel::sql_query(
        "UPDATE mail_messages SET state = $3, outcome = $4, next_attempt_at = coalesce($5, next_attempt_at), \
           sealed = CASE WHEN $3 = 'waiting' THEN sealed END, settled_at = CASE WHEN $3 <> 'waiting' THEN $6 END \
         WHERE id = $1 AND state = 'waiting' AND (attempts = $2 OR $3 = 'sent')",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(attempts)
    .bind::<Text, _>(state)
    .bind::<Text, _>(outcome.chars().take(40).collect::<String>())
    .bind::<Nullable<Timestamptz>, _>(next)
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(())
}

/// Gives up letters that are of no use any more, and answers how many.
///
/// # Errors
/// When the database fails.
pub async fn give_up(unit: &mut Unit<'_>) -> Result<usize, StorageError> {
    let dead = diesel::sql_query(
        "UPDATE mail_messages SET state = 'dead', sealed = NULL, settled_at = $1, outcome = coalesce(outcome, 'expired') \
         WHERE state = 'waiting' AND expires_at <= $1 AND next_attempt_at <= $1",
    )
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(dead)
}

/// Forgets that there were letters, of those that were settled before then. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    forget_some(unit, "mail_messages", "state <> 'waiting' AND settled_at < $1", (before, most)).await
}
