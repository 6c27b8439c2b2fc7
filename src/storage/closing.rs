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

/// Writes it. Its text must have been parsed on this connection before.
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

/// Runs each on a new connection, with nothing to write, so that it is parsed.
pub(super) async fn rehearse(conn: &AsyncPgConnection, now: Moment) -> Result<(), StorageError> {
    let origin = Origin { at: now, actor_kind: ActorKind::System, actor_id: None, call_id: String::new() };
    claims::close(conn, &ClosingClaim::rehearsal(origin.clone()), None).await?;
    filings::close(conn, &ClosingFiling::rehearsal(origin), None).await?;
    Ok(())
}
