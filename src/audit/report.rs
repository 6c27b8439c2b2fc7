//! All chains, one after the other, and then whatever no seal knows.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::chain::Walk;
use super::finding::{Finding, What};
use super::suspects::Suspects;
use crate::storage::inspection::{Chain, FoundRow, Head, Inspection};
use crate::storage::{Book, StorageError};

/// So many findings are told; the rest is counted.
const TOLD: usize = 10_000;

/// What is to be verified.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// One organisation's chains; all when absent.
    pub organisation: Option<Uuid>,
    /// Heads that were exported.
    pub heads: Vec<Head>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was.
    pub is_well: bool,
    /// Chains that were walked.
    pub chains: u64,
    /// Seals that were computed again.
    pub seals: u64,
    /// Rows that were compared with them.
    pub rows: u64,
    /// Rows that are not sealed yet. Of them nothing can be told.
    pub unsealed: u64,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// How much more does not fit, and is not told here.
    pub left_out: u64,
}

impl Report {
    fn tell(&mut self, finding: Finding) {
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        } else {
            self.left_out += 1;
        }
    }
}

/// Exported heads of each chain, by number.
type Exported = HashMap<Chain, HashMap<i64, Vec<u8>>>;

/// Walks the chains as they are at this moment.
///
/// # Errors
/// When the database fails.
pub async fn verify(inspection: &Inspection, asked: &Asked) -> Result<Report, StorageError> {
    let mut exported = Exported::new();
    for head in &asked.heads {
        exported.entry(head.chain).or_default().insert(head.number, head.head.clone());
    }
    let is_asked = |chain: &Chain| asked.organisation.is_none_or(|wanted| chain.organisation == wanted);
    let there = inspection.heads().await?.into_iter().map(|head| head.chain);
    // One that was exported and is not there any more is walked too: it ends before its first seal.
    let chains: BTreeSet<Chain> = there.chain(exported.keys().copied()).filter(is_asked).collect();
    let mut report = Report::default();
    let none = HashMap::new();
    for book in Book::ALL {
        let brought_back = inspection.passes_brought_back(book).await?;
        let (mut suspects, mut broken) = (Suspects::default(), BTreeSet::new());
        for chain in chains.iter().filter(|chain| chain.book == book) {
            let mut walk = Walk::of(*chain, brought_back, exported.get(chain).unwrap_or(&none));
            walk.walk_on(inspection, &mut suspects, &mut |finding| report.tell(finding)).await?;
            report.chains += 1;
            report.seals += walk.seals;
            report.rows += walk.rows;
            if !walk.is_whole {
                broken.insert(*chain);
            }
        }
        without_seal(inspection, (book, asked.organisation), &broken, &mut suspects, &mut report).await?;
        report.left_out += suspects.not_held;
        suspects.judged(|finding| report.tell(finding));
    }
    report.is_well = report.findings.is_empty();
    Ok(report)
}

/// Rows that no seal knows: at the end, where nothing is sealed yet; or further on, where they do not belong.
async fn without_seal(
    inspection: &Inspection,
    (book, wanted): (Book, Option<Uuid>),
    broken: &BTreeSet<Chain>,
    suspects: &mut Suspects,
    report: &mut Report,
) -> Result<(), StorageError> {
    let sealed_up_to = inspection.sealed_up_to(book).await?;
    let mut unvouched: HashMap<Chain, (u64, i64, i64)> = HashMap::new();
    let mut unsealed = 0;
    inspection
        .rows_without_seal(book, |row: FoundRow| {
            let chain = Chain { book, organisation: row.organisation.unwrap_or_default() };
            if wanted.is_some_and(|wanted| wanted != chain.organisation) {
                return;
            }
            if (row.xid, row.number) > sealed_up_to {
                unsealed += 1;
            } else if broken.contains(&chain) {
                let seen = unvouched.entry(chain).or_insert((0, row.number, row.number));
                *seen = (seen.0 + 1, seen.1.min(row.number), seen.2.max(row.number));
            } else {
                suspects.put_in(chain, row);
            }
        })
        .await?;
    report.unsealed += unsealed;
    for (chain, (rows, from, to)) in unvouched {
        report.tell(Finding::of(chain, What::RowsWithoutSeal { rows, from, to }));
    }
    Ok(())
}
