//! How much there is: rows of each table, the log's tip, the migrations that ran.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Inspection, column, failed};
use crate::storage::StorageError;

/// How much a database holds. Two with the same extent hold the same log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// The migrations that ran, oldest first.
    pub migrations: Vec<String>,
    /// Rows, by table.
    pub rows: BTreeMap<String, i64>,
    /// The highest event's number; 0 when there is none.
    pub highest_event: i64,
    /// A digest over the numbers, ids and changes of all events, in order.
    pub log_digest: String,
}

const TABLES: &str = "SELECT relname::text FROM pg_class \
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname";

/// A digest of digests: it never holds the whole log at once.
const DIGEST: &str = "SELECT coalesce(max(seq), 0), coalesce(md5(string_agg(d, '' ORDER BY block)), '') FROM \
    (SELECT seq / 1000 AS block, max(seq) AS seq, \
            md5(string_agg(md5(seq::text || id::text || kind || changes::text), '' ORDER BY seq)) AS d \
       FROM events GROUP BY seq / 1000) blocks";

impl Inspection {
    /// The tables there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tables(&self) -> Result<Vec<String>, StorageError> {
        let rows = self.client.query(TABLES, &[]).await.map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// The migrations that ran, oldest first; none where none ever did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn migrations(&self) -> Result<Vec<String>, StorageError> {
        if !self.tables().await?.iter().any(|table| table == "__diesel_schema_migrations") {
            return Ok(Vec::new());
        }
        let sql = "SELECT version::text FROM __diesel_schema_migrations ORDER BY version";
        let rows = self.client.query(sql, &[]).await.map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// How much there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn extent(&self) -> Result<Extent, StorageError> {
        let mut rows = BTreeMap::new();
        for table in self.tables().await? {
            let counted = self.client.query_one(&format!("SELECT count(*) FROM \"{table}\""), &[]).await;
            rows.insert(table, column(&counted.map_err(failed)?, 0)?);
        }
        let tip = self.client.query_one(DIGEST, &[]).await.map_err(failed)?;
        Ok(Extent {
            migrations: self.migrations().await?,
            rows,
            highest_event: column(&tip, 0)?,
            log_digest: column(&tip, 1)?,
        })
    }
}
