//! What was written to a book is sealed: a digest of each row, and a head over all that came before, one chain for each
//! organisation. Behind whoever writes, never in their transaction.

mod digest;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Action, Refusal};
pub use crate::storage::Book;
use crate::storage::tables::seals::{self, Entry, Seal};
use crate::storage::views::unsealed::{self, Unsealed};
use crate::storage::{StorageError, Unit};
use digest::{digest_of, head_of};

/// The most rows that are sealed in one unit of work: some twenty milliseconds of it.
pub const MOST: usize = 1_000;

/// What the head of a chain's first seal is made of in place of a head before it.
const NO_HEAD: [u8; 32] = [0; 32];

/// Seal what comes next in a book, at most [`MOST`] rows. Answers how many those were; none where another process is
/// sealing it.
#[derive(Debug, Clone, Copy)]
pub struct SealNext {
    /// Which book.
    pub book: Book,
}

impl Action for SealNext {
    type Done = Option<usize>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<usize>, Refusal> {
        if !seals::try_lock(unit, self.book).await? {
            return Ok(None);
        }
        let (last_pass, after) = seals::last_pass(unit, self.book).await?;
        let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
        let rows = unsealed::after(unit, self.book, after, limit).await?;
        let Some(until) = rows.last().map(Unsealed::place) else {
            return Ok(Some(0));
        };
        let sealed = rows.len();
        let by_organisation = by_organisation(rows)?;
        let organisations: Vec<Uuid> = by_organisation.keys().copied().collect();
        let tips = seals::tips(unit, self.book, &organisations).await?;
        let mut made = Vec::new();
        for (organisation, entries) in by_organisation {
            let tip = tips.get(&organisation);
            let number = tip.map_or(1, |tip| tip.number + 1);
            let (book, pass, sealed_at) = (self.book, last_pass + 1, unit.now);
            let seal = Seal { book, pass, organisation, number, sealed_at, after, until, entries };
            let head = head_of(&seal, tip.map_or(NO_HEAD.as_slice(), |tip| &tip.head))?;
            made.push((seal, head));
        }
        seals::insert(unit, &made).await?;
        Ok(Some(sealed))
    }
}

/// The rows of each organisation, in order; those of none under the nil UUID.
fn by_organisation(rows: Vec<Unsealed>) -> Result<BTreeMap<Uuid, Vec<Entry>>, StorageError> {
    let mut sorted: BTreeMap<Uuid, Vec<Entry>> = BTreeMap::new();
    for row in rows {
        let entry = Entry { place: row.place(), digest: digest_of(row.row)? };
        sorted.entry(row.organisation_id.unwrap_or_default()).or_default().push(entry);
    }
    Ok(sorted)
}
