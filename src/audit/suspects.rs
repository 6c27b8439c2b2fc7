//! Rows that are not as they were sealed, or that no seal knows. Some of them are only somewhere else: that shows when
//! their digests are computed for each other's places.

use super::canonical;
use super::finding::{Finding, What};
use crate::storage::inspection::{Chain, FoundRow};

/// So many suspects are compared with each other; where there are more, each is named as what it looks like alone.
const COMPARED: usize = 300;

/// So many are held at most. The rest is counted.
const HELD: usize = 10_000;

/// A row as its seal knows it.
pub(super) struct Sealed {
    pub(super) chain: Chain,
    pub(super) seal: i64,
    pub(super) number: i64,
    pub(super) xid: i64,
    pub(super) digest: Vec<u8>,
}

impl Sealed {
    /// Whether this is that row: wherever it stands now.
    pub(super) fn is(&self, row: &FoundRow) -> bool {
        let column = self.chain.book.number();
        let digest = canonical::row_digest(&row.json, (column, self.number), self.xid);
        digest.is_some_and(|digest| digest.as_slice() == self.digest)
    }
}

/// All suspects of a book.
#[derive(Default)]
pub(super) struct Suspects {
    /// Rows that seals know and that are otherwise, or gone.
    sealed: Vec<(Sealed, Option<FoundRow>)>,
    /// Rows that no seal knows, and whose chain has all its seals.
    put_in: Vec<(Chain, FoundRow)>,
    /// Those that were not held.
    pub(super) not_held: u64,
}

impl Suspects {
    pub(super) fn missing(&mut self, sealed: Sealed) {
        self.hold(sealed, None);
    }

    pub(super) fn edited(&mut self, sealed: Sealed, row: &FoundRow) {
        self.hold(sealed, Some(row.clone()));
    }

    fn hold(&mut self, sealed: Sealed, row: Option<FoundRow>) {
        if self.sealed.len() < HELD {
            self.sealed.push((sealed, row));
        } else {
            self.not_held += 1;
        }
    }

    pub(super) fn put_in(&mut self, chain: Chain, row: FoundRow) {
        if self.put_in.len() < HELD {
            self.put_in.push((chain, row));
        } else {
            self.not_held += 1;
        }
    }

    /// Names them all.
    pub(super) fn judged(self, mut tell: impl FnMut(Finding)) {
        let strangers: Vec<&FoundRow> = self
            .sealed
            .iter()
            .filter_map(|(_, row)| row.as_ref())
            .chain(self.put_in.iter().map(|(_, row)| row))
            .collect();
        let are_few = strangers.len() <= COMPARED && self.sealed.len() <= COMPARED;
        let strangers = if are_few { strangers } else { Vec::new() };
        let mut explained: Vec<i64> = Vec::new();
        for (sealed, row) in &self.sealed {
            let (number, seal) = (sealed.number, sealed.seal);
            let stands = strangers.iter().find(|stranger| sealed.is(stranger));
            let finding = match (stands, row) {
                (Some(stands), _) => {
                    explained.push(stands.number);
                    let what = What::RowMoved { row: number, stands_at: stands.number, seal };
                    Finding::of(sealed.chain, what).saying(&stands.json)
                }
                (None, Some(row)) => {
                    Finding::of(sealed.chain, What::RowEdited { row: number, seal }).saying(&row.json)
                }
                (None, None) => Finding::of(sealed.chain, What::RowMissing { row: number, seal }),
            };
            tell(finding);
        }
        for (chain, row) in &self.put_in {
            if !explained.contains(&row.number) {
                tell(Finding::of(*chain, What::RowPutIn { row: row.number }).saying(&row.json));
            }
        }
    }
}
