//! What was found, each with its name: for people as a sentence, for programs as JSON.

use std::fmt::{self, Display, Formatter};

use domain::id::OrganisationId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::storage::inspection::Chain;

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum What {
    /// The row is not as it was sealed.
    RowEdited {
        /// Its number.
        row: i64,
        /// The seal that knows it otherwise.
        seal: i64,
    },
    /// The row was sealed and is gone.
    RowMissing {
        /// Its number.
        row: i64,
        /// The seal that knows it.
        seal: i64,
    },
    /// The row stands where everything is sealed, and is in no seal.
    RowPutIn {
        /// Its number.
        row: i64,
    },
    /// The row is as it was sealed, and stands elsewhere.
    RowMoved {
        /// The number under which it was sealed.
        row: i64,
        /// The number that it has now; the same where only its transaction is another.
        stands_at: i64,
        /// The seal that knows where it belongs.
        seal: i64,
    },
    /// The seal does not follow from the one before it.
    SealChanged {
        /// Its number.
        seal: i64,
        /// Rows that it does not know as they are.
        differing: Vec<i64>,
    },
    /// Seals are gone.
    SealsMissing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// Rows of a chain whose seals are changed or gone, and which no other seal knows: those of the missing seals, or put
    /// in.
    RowsWithoutSeal {
        /// How many.
        rows: u64,
        /// The first one's number.
        from: i64,
        /// The last one's.
        to: i64,
    },
    /// The seal is not the one whose head was exported: all up to here may have been written anew.
    WrittenAnew {
        /// Its number.
        seal: i64,
    },
    /// The chain once went further: its end was cut off.
    CutOff {
        /// Up to this seal a head was exported.
        exported: i64,
        /// The last seal there is; 0 where there is none.
        ends_at: i64,
    },
}

/// One thing that does not fit, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which table.
    pub book: &'static str,
    /// Whose chain; none where it is the deployment's.
    pub organisation: Option<String>,
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// What the row says of itself now, where there is one: words and ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Value>,
}

impl Finding {
    pub(super) fn of(chain: Chain, what: What) -> Self {
        Self { book: chain.book.as_str(), organisation: name_of(chain.organisation), what, says: None }
    }

    /// The same, with what tells people which row it is.
    pub(super) fn saying(self, json: &str) -> Self {
        const TELLING: [&str; 5] = ["id", "at", "kind", "subject_id", "household_id"];
        let row: Option<serde_json::Map<String, Value>> = serde_json::from_str(json).ok();
        let says = row.map(|row| {
            Value::Object(row.into_iter().filter(|(name, _)| TELLING.contains(&name.as_str())).collect())
        });
        Self { says, ..self }
    }
}

/// An organisation's id on the wire; none for the nil UUID.
pub(super) fn name_of(organisation: Uuid) -> Option<String> {
    (!organisation.is_nil()).then(|| OrganisationId::new(organisation).to_string())
}

impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let whose = self.organisation.as_deref().unwrap_or("the deployment");
        write!(f, "{} of {whose}: {}", self.book, self.what)?;
        match &self.says {
            Some(says) => write!(f, "; it says {says}"),
            None => Ok(()),
        }
    }
}

impl Display for What {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::RowEdited { row, seal } => write!(f, "row {row} was edited after seal {seal}"),
            Self::RowMissing { row, seal } => write!(f, "row {row} of seal {seal} is missing"),
            Self::RowPutIn { row } => {
                write!(f, "row {row} was put in: no seal knows it, and later rows are sealed")
            }
            Self::RowMoved { row, stands_at, seal } if row == stands_at => {
                write!(f, "row {row} of seal {seal} was moved to another place in the order of writing")
            }
            Self::RowMoved { row, stands_at, seal } => {
                write!(f, "row {row} of seal {seal} was moved: it stands at {stands_at}")
            }
            Self::SealChanged { seal, differing } if differing.is_empty() => {
                write!(f, "seal {seal} was changed: it does not follow from the one before")
            }
            Self::SealChanged { seal, differing } => {
                write!(
                    f,
                    "seal {seal} was changed: it does not follow from the one before, and rows {differing:?} are not as it says"
                )
            }
            Self::SealsMissing { from, to } => write!(f, "seals {from} to {to} are missing"),
            Self::RowsWithoutSeal { rows, from, to } => {
                write!(
                    f,
                    "{rows} rows, {from} to {to}, are in no seal: those of seals that are missing or changed, or put in"
                )
            }
            Self::WrittenAnew { seal } => {
                write!(f, "seal {seal} is not the one that was exported: the chain was written anew")
            }
            Self::CutOff { exported, ends_at } => {
                write!(
                    f,
                    "the end was cut off: seal {exported} was exported, and the chain ends at {ends_at}"
                )
            }
        }
    }
}
