//! The last statement of a unit of work, where it holds everything that the unit writes, the key and its
//! answer included: it travels with COMMIT, so that no lock waits for another round trip.
//!
//! Such a statement asks once more for everything that was not locked when it was decided. It writes all of
//! it or nothing; nothing means that the world has changed since, and the action is run again without haste.

use diesel_async::AsyncPgConnection;
use domain::Moment;
use domain::actor::ActorKind;
use uuid::Uuid;

use super::idempotency::{Key, NewAnswer};
use super::tables::claims::{self, ClosingClaim};
use super::tables::filings::{self, ClosingFiling};
use super::{StorageError, Unit};
use crate::planted::{Point, reach};

/// What is left to be written.
#[derive(Debug)]
pub enum Closing {
    /// A claim.
    Claim(Box<ClosingClaim>),
    /// A request that is filed.
    Filing(Box<ClosingFiling>),
}

/// Each kind is one text, which a connection parses once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClosingKind {
    Claim,
    Filing,
}

impl Closing {
    pub(super) const fn kind(&self) -> ClosingKind {
        match self {
            Self::Claim(_) => ClosingKind::Claim,
            Self::Filing(_) => ClosingKind::Filing,
        }
    }
}

impl ClosingKind {
    /// Commits, and has the session remember that this kind was parsed. The opening of later units reads it.
    pub(super) fn commit_as_parsed(self) -> String {
        let name = match self {
            Self::Claim => "claim",
            Self::Filing => "filing",
        };
        format!("SET birgemiz.{name}_is_parsed = 'true'; COMMIT")
    }
}

/// Who acts, when, and in which call: what an event says of its origin.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) at: Moment,
    pub(super) actor_kind: ActorKind,
    pub(super) actor_id: Option<Uuid>,
    pub(super) call_id: String,
}

impl Origin {
    pub(super) fn of(unit: &Unit<'_>) -> Self {
        let (actor_kind, actor_id) = unit.actor.signature();
        Self { at: unit.now, actor_kind, actor_id, call_id: unit.call_id.clone() }
    }
}

/// A key and the answer to be kept under it.
pub(super) type Keeping<'a> = Option<(&'a Key, NewAnswer<'a>)>;

/// Writes it.
///
/// # Errors
/// `Repeat` when nothing could be written.
pub(super) async fn write(
    conn: &AsyncPgConnection,
    closing: &Closing,
    keeping: Keeping<'_>,
) -> Result<(), StorageError> {
    reach(Point::EventAppending);
    reach(Point::KeyKeeping);
    let written = match closing {
        Closing::Claim(claim) => claims::close(conn, claim, keeping).await?,
        Closing::Filing(filing) => filings::close(conn, filing, keeping).await?,
    };
    reach(Point::EventAppended);
    reach(Point::KeyKept);
    if written { Ok(()) } else { Err(StorageError::Repeat) }
}
