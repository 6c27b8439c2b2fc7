//! Who was not let in, what was refused to whom, and by which keys tokens are signed. Append-only, and sealed as events are.

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::storage::schema::access_records;
use crate::storage::{StorageError, Unit};

/// A wrong guess.
#[derive(Debug, Clone, Copy)]
pub struct GuessRefused<'g> {
    /// What was guessed at.
    pub target: &'static str,
    /// How it was refused.
    pub code: &'static str,
    /// Keyed hash of the account, where the guess named one.
    pub account: Option<&'g [u8]>,
    /// Keyed hash of the network address, where it is known.
    pub address: Option<&'g [u8]>,
}

/// Records a wrong guess, in the transaction that counts it.
///
/// # Errors
/// When the database fails.
pub async fn guess_refused(unit: &mut Unit<'_>, guess: GuessRefused<'_>) -> Result<(), StorageError> {
    diesel::insert_into(access_records::table)
        .values((
            access_records::at.eq(unit.now),
            access_records::what.eq("guess_refused"),
            access_records::target.eq(guess.target),
            access_records::code.eq(guess.code),
            access_records::account.eq(guess.account),
            access_records::address.eq(guess.address),
            access_records::call_id.eq(&unit.call_id),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Records that a partner app got a token.
///
/// # Errors
/// When the database fails.
pub async fn token_issued(
    unit: &mut Unit<'_>,
    (organisation, partner): (Uuid, Uuid),
) -> Result<(), StorageError> {
    diesel::insert_into(access_records::table)
        .values((
            access_records::at.eq(unit.now),
            access_records::what.eq("token_issued"),
            access_records::organisation_id.eq(organisation),
            access_records::partner_id.eq(partner),
            access_records::call_id.eq(&unit.call_id),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Records that there is another key that signs tokens, or will.
///
/// # Errors
/// When the database fails.
pub async fn signing_key_added(unit: &mut Unit<'_>, kid: &str) -> Result<(), StorageError> {
    diesel::insert_into(access_records::table)
        .values((
            access_records::at.eq(unit.now),
            access_records::what.eq("signing_key_added"),
            access_records::target.eq(kid),
            access_records::call_id.eq(&unit.call_id),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Calls that were refused, so many alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRefused {
    /// Who called, where a good token said so.
    pub user: Option<Uuid>,
    /// Or which partner app.
    pub partner: Option<Uuid>,
    /// Method and path template.
    pub route: String,
    /// The first id in the path.
    pub object: Option<String>,
    /// How they were refused.
    pub code: &'static str,
    /// Keyed hash of the network address.
    pub address: Option<Vec<u8>>,
    /// How many.
    pub times: i32,
}

/// Whose each is, is found out with them.
const CALLS: &str = "
INSERT INTO access_records (at, organisation_id, what, code, user_id, partner_id, route, object_id, address, times)
SELECT $1, coalesce(u.organisation_id, p.organisation_id), 'call_refused', r.code, r.user_id, r.partner_id, r.route,
       r.object_id, r.address, r.times
FROM unnest($2, $3, $4, $5, $6, $7, $8) r (user_id, partner_id, route, object_id, code, address, times)
LEFT JOIN users u ON u.id = r.user_id LEFT JOIN partners p ON p.id = r.partner_id";

/// Records refused calls.
///
/// # Errors
/// When the database fails.
pub async fn calls_refused(unit: &mut Unit<'_>, refused: &[CallRefused]) -> Result<(), StorageError> {
    fn all<T>(refused: &[CallRefused], of: impl Fn(&CallRefused) -> T) -> Vec<T> {
        refused.iter().map(of).collect()
    }
    diesel::sql_query(CALLS)
        .bind::<Timestamptz, _>(unit.now)
        .bind::<Array<Nullable<SqlUuid>>, _>(all(refused, |call| call.user))
        .bind::<Array<Nullable<SqlUuid>>, _>(all(refused, |call| call.partner))
        .bind::<Array<Text>, _>(all(refused, |call| call.route.clone()))
        .bind::<Array<Nullable<Text>>, _>(all(refused, |call| call.object.clone()))
        .bind::<Array<Text>, _>(all(refused, |call| call.code))
        .bind::<Array<Nullable<Binary>>, _>(all(refused, |call| call.address.clone()))
        .bind::<Array<Integer>, _>(all(refused, |call| call.times))
        .execute(unit.conn)
        .await?;
    Ok(())
}
