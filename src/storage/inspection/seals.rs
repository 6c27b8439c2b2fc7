//! The seals and what they seal, as the owner of the tables sees them: for whoever doubts them.

use futures_util::TryStreamExt;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use super::{Inspection, column, failed};
use crate::storage::views::heads::HEADS;
use crate::storage::{Book, StorageError};

/// One chain: the rows of one organisation in one book. The nil UUID stands for those of no organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain {
    /// Which table.
    pub book: Book,
    /// Whose.
    pub organisation: Uuid,
}

/// A seal as it lies in its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSeal {
    /// In which pass over the book it was made.
    pub pass: i64,
    /// Its place in its chain.
    pub number: i64,
    /// When it was made, as RFC 3339 writes it in UTC with microseconds.
    pub sealed_at: String,
    /// How it was computed.
    pub format: i16,
    /// Behind this place: transaction and number.
    pub after: (i64, i64),
    /// Up to this place.
    pub until: (i64, i64),
    /// The rows' transactions.
    pub xids: Vec<i64>,
    /// The rows' numbers.
    pub numbers: Vec<i64>,
    /// The rows' digests.
    pub digests: Vec<Vec<u8>>,
    /// The head.
    pub head: Vec<u8>,
}

/// A row as it lies in its book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// Its number.
    pub number: i64,
    /// The transaction that wrote it.
    pub xid: i64,
    /// Whose it is.
    pub organisation: Option<Uuid>,
    /// All its columns, as JSON.
    pub json: String,
}

/// The last seal of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Of which chain.
    pub chain: Chain,
    /// Its number.
    pub number: i64,
    /// When it was made, as RFC 3339 writes it in UTC with microseconds.
    pub sealed_at: String,
    /// The head.
    pub head: Vec<u8>,
}

/// Seals that are read at once: enough to save round trips, few enough to hold.
const SEALS: i64 = 100;

/// As the sealer writes it, by other means.
const SEALED_AT: &str =
    r#"coalesce(to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '')"#;

/// Where sealing will go on: what lies behind is not sealed yet, and nobody can say more of it.
const PLACE: &str = "
SELECT CASE WHEN s.pass > r.up_to THEN s.until_xid WHEN r.up_to > 0 THEN 2 ELSE 0 END,
       CASE WHEN s.pass > r.up_to THEN s.until_number WHEN r.up_to > 0 THEN 9223372036854775807 ELSE 0 END
FROM (SELECT coalesce(max(sealed_up_to), 0) AS up_to FROM restorations WHERE book = $1) r
LEFT JOIN (SELECT pass, until_xid, until_number FROM seals WHERE book = $1 ORDER BY pass DESC LIMIT 1) s ON true";

impl Inspection {
    /// The last pass over a book that came out of a backup; 0 where there is none. Rows that were sealed by then were
    /// given the transaction number 2.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passes_brought_back(&self, book: Book) -> Result<i64, StorageError> {
        let sql = "SELECT coalesce(max(sealed_up_to), 0) FROM restorations WHERE book = $1";
        column(&self.client.query_one(sql, &[&book.as_str()]).await.map_err(failed)?, 0)
    }

    /// Where each chain ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heads(&self) -> Result<Vec<Head>, StorageError> {
        let rows = self.client.query(HEADS, &[]).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                let chain = Chain { book: book(row, 0)?, organisation: column(row, 1)? };
                let (number, sealed_at, head) = (column(row, 2)?, column(row, 3)?, column(row, 4)?);
                Ok(Head { chain, number, sealed_at, head })
            })
            .collect()
    }

    /// The next seals of a chain, after that number: as many as are read at once, none at its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seals_after(&self, chain: Chain, number: i64) -> Result<Vec<FoundSeal>, StorageError> {
        let sql = format!(
            "SELECT pass, number, {SEALED_AT}, format, after_xid, after_number, until_xid, until_number, {}, {}, {}, head \
             FROM seals WHERE organisation_id = $1 AND book = $2 AND number > $3 ORDER BY number LIMIT {SEALS}",
            flat("xids"),
            flat("numbers"),
            flat("digests"),
        );
        let rows = self.client.query(&sql, &[&chain.organisation, &chain.book.as_str(), &number]).await;
        rows.map_err(failed)?.iter().map(found_seal).collect()
    }

    /// The rows of a book with these numbers, in no order; those that are there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows_of_book(&self, book: Book, numbers: &[i64]) -> Result<Vec<FoundRow>, StorageError> {
        let (table, number) = (book.as_str(), book.number());
        let sql = format!("{} FROM {table} b WHERE b.{number} = ANY($1)", found_columns(book));
        let rows = self.client.query(&sql, &[&numbers]).await.map_err(failed)?;
        rows.iter().map(found_row).collect()
    }

    /// Up to where a book is sealed: transaction and number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_up_to(&self, book: Book) -> Result<(i64, i64), StorageError> {
        let row = self.client.query_one(PLACE, &[&book.as_str()]).await.map_err(failed)?;
        Ok((column(&row, 0)?, column(&row, 1)?))
    }

    /// Every row of a book that no seal names, in the order of writing, told one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows_without_seal(
        &self,
        book: Book,
        mut tell: impl FnMut(FoundRow),
    ) -> Result<(), StorageError> {
        let (table, number) = (book.as_str(), book.number());
        let sql = format!(
            "{} FROM {table} b WHERE b.{number} IN ( \
               SELECT {number} FROM {table} EXCEPT SELECT unnest(numbers) FROM seals WHERE book = $1) \
             ORDER BY b.xid, b.{number}",
            found_columns(book)
        );
        let rows = self.client.query_raw(&sql, [book.as_str()]).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            tell(found_row(&row)?);
        }
        Ok(())
    }
}

fn found_columns(book: Book) -> String {
    format!("SELECT b.{}, b.xid::text::bigint, b.organisation_id, to_jsonb(b)::text", book.number())
}

fn found_row(row: &Row) -> Result<FoundRow, StorageError> {
    let (number, xid, organisation, json) =
        (column(row, 0)?, column(row, 1)?, column(row, 2)?, column(row, 3)?);
    Ok(FoundRow { number, xid, organisation, json })
}

fn found_seal(row: &Row) -> Result<FoundSeal, StorageError> {
    Ok(FoundSeal {
        pass: column(row, 0)?,
        number: column(row, 1)?,
        sealed_at: column(row, 2)?,
        format: column(row, 3)?,
        after: (column(row, 4)?, column(row, 5)?),
        until: (column(row, 6)?, column(row, 7)?),
        xids: elements(row, 8)?,
        numbers: elements(row, 9)?,
        digests: elements(row, 10)?,
        head: column(row, 11)?,
    })
}

/// Whoever changes a seal may leave anything in its arrays; that is to be judged, and must not end the reading.
fn flat(array: &str) -> String {
    format!("ARRAY(SELECT unnest({array}))")
}

fn elements<T: Default + for<'r> FromSql<'r>>(row: &Row, index: usize) -> Result<Vec<T>, StorageError> {
    let found: Vec<Option<T>> = column(row, index)?;
    Ok(found.into_iter().map(Option::unwrap_or_default).collect())
}

fn book(row: &Row, index: usize) -> Result<Book, StorageError> {
    let word: String = column(row, index)?;
    Book::named(&word).ok_or_else(|| StorageError::Impossible(format!("seals of a book called {word}")))
}
