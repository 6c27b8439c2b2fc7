//! Who read which door, as the log of readings has it: told one by one, however many there are.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Inspection, column, failed};
use crate::storage::StorageError;

/// Which readings.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// From then on.
    pub since: DateTime<Utc>,
    /// Before then.
    pub until: DateTime<Utc>,
    /// Of this organisation's households only.
    pub organisation: Option<Uuid>,
}

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// What they are, as a word.
    pub kind: String,
    /// Who.
    pub id: Option<Uuid>,
    /// Whose they are today.
    pub organisation: Option<Uuid>,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose household it is.
    pub organisation: Uuid,
    /// Which.
    pub household: Uuid,
    /// By whom.
    pub reader: Reader,
    /// For which request.
    pub request: Option<Uuid>,
    /// Under which claim.
    pub claim: Option<Uuid>,
    /// Whether it went into an export.
    pub is_exported: bool,
    /// The id of the call, under which it is logged.
    pub call_id: Option<String>,
}

/// All readings of one household by one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// Whose household it is.
    pub organisation: Uuid,
    /// Which.
    pub household: Uuid,
    /// By whom.
    pub reader: Reader,
    /// How often.
    pub times: i64,
    /// The first time.
    pub first: DateTime<Utc>,
    /// The last time.
    pub last: DateTime<Utc>,
    /// How many of them went into an export.
    pub exported: i64,
}

/// Whose a reader is, by their kind.
const READERS: &str = "
LEFT JOIN users u ON u.id = r.actor_id AND r.actor_kind IN ('coordinator', 'administrator')
LEFT JOIN volunteers v ON v.id = r.actor_id AND r.actor_kind = 'volunteer'
LEFT JOIN partners p ON p.id = r.actor_id AND r.actor_kind = 'partner'";

impl Inspection {
    /// Every reading of a household in a period, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings_of(
        &self,
        household: Uuid,
        period: &Period,
        mut tell: impl FnMut(Reading),
    ) -> Result<(), StorageError> {
        let sql = format!(
            "SELECT r.at, r.organisation_id, r.household_id, r.actor_kind, r.actor_id, \
               coalesce(u.organisation_id, v.organisation_id, p.organisation_id), r.request_id, r.claim_id, r.exported, \
               r.call_id FROM door_readings r {READERS} \
             WHERE r.household_id = $4 AND r.at >= $1 AND r.at < $2 AND ($3::uuid IS NULL OR r.organisation_id = $3) \
             ORDER BY r.at, r.id"
        );
        let Period { since, until, organisation } = period;
        let asked: [&(dyn ToSql + Sync); 4] = [since, until, organisation, &household];
        self.each(&sql, asked, |row| {
            tell(Reading {
                at: column(row, 0)?,
                organisation: column(row, 1)?,
                household: column(row, 2)?,
                reader: reader(row)?,
                request: column(row, 6)?,
                claim: column(row, 7)?,
                is_exported: column(row, 8)?,
                call_id: column(row, 9)?,
            });
            Ok(())
        })
        .await
    }

    /// Who read which households in a period, organisation by organisation, each pair once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings_in(
        &self,
        period: &Period,
        mut tell: impl FnMut(Readings),
    ) -> Result<(), StorageError> {
        let sql = format!(
            "SELECT r.organisation_id, r.household_id, r.times, r.actor_kind, r.actor_id, \
               coalesce(u.organisation_id, v.organisation_id, p.organisation_id), r.first, r.last, r.exported \
             FROM (SELECT organisation_id, household_id, actor_kind, actor_id, count(*) AS times, min(at) AS first, \
                          max(at) AS last, count(*) FILTER (WHERE exported) AS exported FROM door_readings \
                   WHERE at >= $1 AND at < $2 AND ($3::uuid IS NULL OR organisation_id = $3) \
                   GROUP BY organisation_id, household_id, actor_kind, actor_id) r {READERS} \
             ORDER BY r.organisation_id, r.household_id, r.first"
        );
        let Period { since, until, organisation } = period;
        let asked: [&(dyn ToSql + Sync); 3] = [since, until, organisation];
        self.each(&sql, asked, |row| {
            tell(Readings {
                organisation: column(row, 0)?,
                household: column(row, 1)?,
                times: column(row, 2)?,
                reader: reader(row)?,
                first: column(row, 6)?,
                last: column(row, 7)?,
                exported: column(row, 8)?,
            });
            Ok(())
        })
        .await
    }

    async fn each<const N: usize>(
        &self,
        sql: &str,
        asked: [&(dyn ToSql + Sync); N],
        mut take: impl FnMut(&Row) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let rows = self.client.query_raw(sql, asked).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            take(&row)?;
        }
        Ok(())
    }
}

/// From the fourth column on.
fn reader(row: &Row) -> Result<Reader, StorageError> {
    Ok(Reader { kind: column(row, 3)?, id: column(row, 4)?, organisation: column(row, 5)? })
}
