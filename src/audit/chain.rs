//! One chain, walked from its first seal to its last: each must follow from the one before it, and each row must be as its
//! seal says.

use std::collections::HashMap;

use serde_json::json;

use super::canonical::{self, Digest};
use super::finding::{Finding, What};
use super::suspects::{Sealed, Suspects};
use crate::storage::StorageError;
use crate::storage::inspection::{Chain, FoundRow, FoundSeal, Inspection};

/// Rows that are read at once: enough to save round trips, few enough to hold.
const ROWS: usize = 2_000;

/// Rows that one changed seal names at most.
const DIFFERING: usize = 20;

/// What stood before a chain's first seal.
const NO_HEAD: Digest = [0; 32];

/// How far a chain was walked.
pub(super) struct Walk<'w> {
    chain: Chain,
    /// The last pass that came out of a backup.
    brought_back: i64,
    /// Heads of this chain that were exported, by number.
    exported: &'w HashMap<i64, Vec<u8>>,
    /// The last seal's number.
    number: i64,
    /// What the next seal may follow from: the last one's head as it stands and as it should be. None behind a gap.
    heads: Option<Vec<Vec<u8>>>,
    /// Seals and rows that were seen.
    pub(super) seals: u64,
    pub(super) rows: u64,
    /// Whether all seals are there and unchanged.
    pub(super) is_whole: bool,
}

impl<'w> Walk<'w> {
    pub(super) fn of(chain: Chain, brought_back: i64, exported: &'w HashMap<i64, Vec<u8>>) -> Self {
        let heads = Some(vec![NO_HEAD.to_vec()]);
        Self { chain, brought_back, exported, number: 0, heads, seals: 0, rows: 0, is_whole: true }
    }

    /// Walks to the end, telling what does not fit.
    pub(super) async fn walk_on(
        &mut self,
        inspection: &Inspection,
        suspects: &mut Suspects,
        tell: &mut impl FnMut(Finding),
    ) -> Result<(), StorageError> {
        loop {
            let seals = inspection.seals_after(self.chain, self.number).await?;
            if seals.is_empty() {
                break;
            }
            let mut group: Vec<FoundSeal> = Vec::new();
            for seal in seals {
                let held: usize = group.iter().map(|seal| seal.numbers.len()).sum();
                if held + seal.numbers.len() > ROWS && !group.is_empty() {
                    self.judge(inspection, std::mem::take(&mut group), suspects, tell).await?;
                }
                group.push(seal);
            }
            self.judge(inspection, group, suspects, tell).await?;
        }
        if let Some(exported) = self.exported.keys().copied().max().filter(|last| *last > self.number) {
            self.is_whole = false;
            tell(Finding::of(self.chain, What::CutOff { exported, ends_at: self.number }));
        }
        Ok(())
    }

    async fn judge(
        &mut self,
        inspection: &Inspection,
        group: Vec<FoundSeal>,
        suspects: &mut Suspects,
        tell: &mut impl FnMut(Finding),
    ) -> Result<(), StorageError> {
        let numbers: Vec<i64> = group.iter().flat_map(|seal| seal.numbers.iter().copied()).collect();
        let found = inspection.rows_of_book(self.chain.book, &numbers).await?;
        let rows: HashMap<i64, FoundRow> = found.into_iter().map(|row| (row.number, row)).collect();
        for seal in group {
            self.seals += 1;
            self.rows += seal.numbers.len() as u64;
            if self.follows(&seal, tell) {
                if self.exported.get(&seal.number).is_some_and(|head| *head != seal.head) {
                    tell(Finding::of(self.chain, What::WrittenAnew { seal: seal.number }));
                }
                self.rows_of(&seal, &rows, suspects, tell);
            } else {
                self.is_whole = false;
                let differs = |sealed: &Sealed| rows.get(&sealed.number).is_none_or(|row| !sealed.is(row));
                let differing = self.sealed_by(&seal).filter(differs).map(|sealed| sealed.number);
                let differing = differing.take(DIFFERING).collect();
                tell(Finding::of(self.chain, What::SealChanged { seal: seal.number, differing }));
            }
        }
        Ok(())
    }

    /// Whether the seal follows from the one before it. What is behind a gap cannot be judged by that.
    fn follows(&mut self, seal: &FoundSeal, tell: &mut impl FnMut(Finding)) -> bool {
        if seal.number > self.number + 1 {
            self.is_whole = false;
            self.heads = None;
            tell(Finding::of(self.chain, What::SealsMissing { from: self.number + 1, to: seal.number - 1 }));
        }
        self.number = seal.number;
        let Some(before) = self.heads.take() else {
            self.heads = Some(vec![seal.head.clone()]);
            return true;
        };
        let due: Vec<Vec<u8>> = before
            .iter()
            .filter_map(|head| head_of(self.chain, seal, head))
            .map(|head| head.to_vec())
            .collect();
        let follows = due.contains(&seal.head);
        let mut heads = vec![seal.head.clone()];
        if !follows {
            // Was only its head changed, then the next one follows from what that should be.
            heads.extend(due);
        }
        self.heads = Some(heads);
        follows
    }

    fn rows_of(
        &self,
        seal: &FoundSeal,
        rows: &HashMap<i64, FoundRow>,
        suspects: &mut Suspects,
        tell: &mut impl FnMut(Finding),
    ) {
        for sealed in self.sealed_by(seal) {
            match rows.get(&sealed.number) {
                None => suspects.missing(sealed),
                Some(row) if !sealed.is(row) => suspects.edited(sealed, row),
                Some(row) if row.xid != self.xid_now(seal, sealed.xid) => {
                    let (row_number, seal) = (sealed.number, sealed.seal);
                    let what = What::RowMoved { row: row_number, stands_at: row_number, seal };
                    tell(Finding::of(self.chain, what).saying(&row.json));
                }
                Some(_) => {}
            }
        }
    }

    /// What came out of a backup has another transaction number since.
    const fn xid_now(&self, seal: &FoundSeal, sealed: i64) -> i64 {
        if seal.pass <= self.brought_back { 2 } else { sealed }
    }

    fn sealed_by<'s>(&self, seal: &'s FoundSeal) -> impl Iterator<Item = Sealed> + use<'s> {
        let (chain, number) = (self.chain, seal.number);
        let places = seal.xids.iter().zip(&seal.numbers);
        places.zip(&seal.digests).map(move |((xid, row), digest)| Sealed {
            chain,
            seal: number,
            number: *row,
            xid: *xid,
            digest: digest.clone(),
        })
    }
}

/// The head that a seal should have behind that one. None where its parts are not equally many.
fn head_of(chain: Chain, seal: &FoundSeal, previous: &[u8]) -> Option<Digest> {
    if seal.xids.len() != seal.numbers.len() || seal.digests.len() != seal.numbers.len() {
        return None;
    }
    let places = seal.xids.iter().zip(&seal.numbers);
    let entries: Vec<_> = places
        .zip(&seal.digests)
        .map(|((xid, number), digest)| json!([xid.to_string(), number.to_string(), hex(digest)]))
        .collect();
    let place = |(xid, number): (i64, i64)| json!([xid.to_string(), number.to_string()]);
    canonical::digest_of(&json!({
        "previous": hex(previous),
        "format": seal.format,
        "book": chain.book.as_str(),
        "organisation": chain.organisation.hyphenated().to_string(),
        "pass": seal.pass.to_string(),
        "number": seal.number.to_string(),
        "sealed_at": seal.sealed_at,
        "after": place(seal.after),
        "until": place(seal.until),
        "entries": entries,
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
