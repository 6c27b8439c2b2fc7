//! Seals: chains of digests over what happened and what was read. Written by the sealer, never changed.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use uuid::Uuid;

use crate::storage::events::Cursor;
use crate::storage::prepared::Prepare;
use crate::storage::schema::seals;
use crate::storage::{Book, StorageError, Unit};

/// How digests and heads are computed: the only way so far. Another way gets another number.
pub const FORMAT: i16 = 1;

/// One row of a book, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the order of writing.
    pub place: Cursor,
    /// SHA-256 of it.
    pub digest: [u8; 32],
}

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Which table.
    pub book: Book,
    /// In which pass over the book it is made.
    pub pass: i64,
    /// Whose rows; nil for those of no organisation.
    pub organisation: Uuid,
    /// Its place in its chain.
    pub number: i64,
    /// When it was made.
    pub sealed_at: Moment,
    /// Behind this place the sealing began.
    pub after: Cursor,
    /// Up to this place everything of the organisation is sealed.
    pub until: Cursor,
    /// The rows, in order.
    pub entries: Vec<Entry>,
}

/// Where a chain ends.
#[derive(Debug, Clone, QueryableByName)]
pub struct Tip {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    /// Its last number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// That seal's head.
    #[diesel(sql_type = Binary)]
    pub head: Vec<u8>,
}

#[derive(QueryableByName)]
struct IsMine {
    #[diesel(sql_type = Bool)]
    is_mine: bool,
}

/// Whether this unit of work may seal the book: of all processes one does at a time, and the others need not wait.
///
/// # Errors
/// When the database fails.
pub async fn try_lock(unit: &mut Unit<'_>, book: Book) -> Result<bool, StorageError> {
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('seal ' || $1::text, 0)) AS is_mine";
    let found: IsMine =
        diesel::sql_query(sql).bind::<Text, _>(book.as_str()).prepared().get_result(unit.conn).await?;
    Ok(found.is_mine)
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = BigInt)]
    pass: i64,
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// After a restoration what was sealed before lies at the transaction number 2, whatever its seals say.
const PLACE: &str = "
SELECT coalesce(s.pass, 0) AS pass,
       CASE WHEN s.pass > r.up_to THEN s.until_xid WHEN r.up_to > 0 THEN 2 ELSE 0 END AS xid,
       CASE WHEN s.pass > r.up_to THEN s.until_number WHEN r.up_to > 0 THEN 9223372036854775807 ELSE 0 END AS number
FROM (SELECT coalesce(max(sealed_up_to), 0) AS up_to FROM restorations WHERE book = $1) r
LEFT JOIN (SELECT pass, until_xid, until_number FROM seals WHERE book = $1 ORDER BY pass DESC LIMIT 1) s ON true";

/// The last pass over the book, and up to where that sealed it.
///
/// # Errors
/// When the database fails.
pub async fn last_pass(unit: &mut Unit<'_>, book: Book) -> Result<(i64, Cursor), StorageError> {
    let sealed: Sealed =
        diesel::sql_query(PLACE).bind::<Text, _>(book.as_str()).prepared().get_result(unit.conn).await?;
    Ok((sealed.pass, Cursor { xid: sealed.xid, seq: sealed.number }))
}

/// Where the chains of these organisations end; those that have begun.
///
/// # Errors
/// When the database fails.
pub async fn tips(
    unit: &mut Unit<'_>,
    book: Book,
    organisations: &[Uuid],
) -> Result<HashMap<Uuid, Tip>, StorageError> {
    let tips: Vec<Tip> = diesel::sql_query(
        "SELECT o.id AS organisation_id, s.number, s.head FROM unnest($2) o (id) CROSS JOIN LATERAL \
           (SELECT number, head FROM seals WHERE organisation_id = o.id AND book = $1 ORDER BY number DESC LIMIT 1) s",
    )
    .bind::<Text, _>(book.as_str())
    .bind::<Array<SqlUuid>, _>(organisations)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(tips.into_iter().map(|tip| (tip.organisation_id, tip)).collect())
}

/// Keeps seals with their heads, in this order.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, made: &[(Seal, [u8; 32])]) -> Result<(), StorageError> {
    let rows: Vec<_> = made
        .iter()
        .map(|(seal, head)| {
            let of = |value: fn(&Entry) -> i64| seal.entries.iter().map(|entry| Some(value(entry))).collect();
            let (xids, numbers): (Vec<_>, Vec<_>) =
                (of(|entry| entry.place.xid), of(|entry| entry.place.seq));
            let digests: Vec<_> = seal.entries.iter().map(|entry| Some(entry.digest.as_slice())).collect();
            (
                (
                    seals::book.eq(seal.book.as_str()),
                    seals::pass.eq(seal.pass),
                    seals::organisation_id.eq(seal.organisation),
                    seals::number.eq(seal.number),
                    seals::sealed_at.eq(seal.sealed_at),
                    seals::format.eq(FORMAT),
                    seals::after_xid.eq(seal.after.xid),
                    seals::after_number.eq(seal.after.seq),
                ),
                (
                    seals::until_xid.eq(seal.until.xid),
                    seals::until_number.eq(seal.until.seq),
                    seals::xids.eq(xids),
                    seals::numbers.eq(numbers),
                    seals::digests.eq(digests),
                    seals::head.eq(head.as_slice()),
                ),
            )
        })
        .collect();
    diesel::insert_into(seals::table).values(rows).execute(unit.conn).await?;
    Ok(())
}
