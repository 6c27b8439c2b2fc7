//! The state of everything, told twice: by the event log, replayed from its beginning, and by the tables.
//! Where the two differ, a change was made without its event, or an event without its change.

use std::collections::HashMap;
use std::str::FromStr;

use domain::id::{CallId, ClaimId, DeliveryId, HouseholdId, OfferId, RequestId, VolunteerId};
use futures_util::TryStreamExt;
use uuid::Uuid;

use super::{Inspection, column, failed};
use crate::storage::StorageError;

/// One thing of which log and table tell different things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// `request`, `claim`, `delivery`, `household`, `volunteer`, `offer` or `call`.
    pub object: &'static str,
    /// Its id on the wire.
    pub id: String,
    /// Its status by the log; none when the log does not know it.
    pub by_log: Option<String>,
    /// Its status by the table; none when it has no row.
    pub by_table: Option<String>,
}

/// A kind of thing that has a life: its word in the log, its table, and how its ids are written.
struct Kind {
    object: &'static str,
    table: &'static str,
    read: fn(&str) -> Option<Uuid>,
    write: fn(Uuid) -> String,
}

macro_rules! kind {
    ($object:literal, $table:literal, $id:ident) => {
        Kind {
            object: $object,
            table: $table,
            read: |text| $id::from_str(text).ok().map($id::uuid),
            write: |uuid| $id::new(uuid).to_string(),
        }
    };
}

const KINDS: [Kind; 7] = [
    kind!("household", "households", HouseholdId),
    kind!("volunteer", "volunteers", VolunteerId),
    kind!("request", "requests", RequestId),
    kind!("claim", "claims", ClaimId),
    kind!("delivery", "deliveries", DeliveryId),
    kind!("offer", "offers", OfferId),
    kind!("call", "calls", CallId),
];

/// The last word of the log on each thing of a kind: a thing's events are written under its row's lock, so
/// their numbers are in its order.
const BY_LOG: &str = "SELECT DISTINCT ON (x.change->>'id') x.change->>'id', x.change->>'to' \
    FROM events e CROSS JOIN LATERAL jsonb_array_elements(e.changes) WITH ORDINALITY AS x (change, place) \
    WHERE x.change->>'object' = $1 ORDER BY x.change->>'id', e.seq DESC, x.place DESC";

impl Inspection {
    /// Everything on which the log and the tables differ, up to `limit` of each kind; and how many things
    /// were compared.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disagreements(&self, limit: usize) -> Result<(Vec<Disagreement>, u64), StorageError> {
        let (mut found, mut compared) = (Vec::new(), 0);
        for kind in &KINDS {
            let told = self.told_by_log(kind).await?;
            let (differing, seen) = self.compare(kind, told).await?;
            compared += seen;
            found.extend(differing.into_iter().take(limit));
        }
        Ok((found, compared))
    }

    async fn told_by_log(&self, kind: &Kind) -> Result<HashMap<Uuid, String>, StorageError> {
        let rows = self.client.query_raw(BY_LOG, [kind.object]).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        let mut told = HashMap::new();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let id: String = column(&row, 0)?;
            let read = (kind.read)(&id);
            let uuid = read.ok_or_else(|| StorageError::Impossible(format!("the log has the id {id}")))?;
            told.insert(uuid, column(&row, 1)?);
        }
        Ok(told)
    }

    async fn compare(
        &self,
        kind: &Kind,
        mut told: HashMap<Uuid, String>,
    ) -> Result<(Vec<Disagreement>, u64), StorageError> {
        let sql = format!("SELECT id::text, status FROM {}", kind.table);
        let rows = self.client.query_raw(&sql, std::iter::empty::<&str>()).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        let (mut found, mut compared) = (Vec::new(), 0);
        let mut note = |uuid: Uuid, by_log: Option<String>, by_table: Option<String>| {
            if by_log != by_table {
                found.push(Disagreement { object: kind.object, id: (kind.write)(uuid), by_log, by_table });
            }
        };
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let id: String = column(&row, 0)?;
            let uuid = Uuid::from_str(&id).map_err(|error| StorageError::Impossible(error.to_string()))?;
            note(uuid, told.remove(&uuid), Some(column(&row, 1)?));
            compared += 1;
        }
        for (uuid, by_log) in told {
            note(uuid, Some(by_log), None);
            compared += 1;
        }
        found.sort();
        Ok((found, compared))
    }
}
