//! The server itself: which it is, how it is set, who uses it, what time it thinks it is; and whether what
//! is written to the event log reaches its readers.

use std::collections::BTreeMap;

use super::{Inspection, column, failed};
use crate::storage::StorageError;

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its version, such as `15.20 (Debian 15.20-0+deb12u1)`.
    pub version: String,
    /// The same as a number: 150020.
    pub version_number: i64,
    /// The settings that keep what was acknowledged.
    pub durability: BTreeMap<String, String>,
    /// Connections that ordinary logins can have.
    pub connections: i64,
    /// Connections that are in use on the whole server, this one excluded.
    pub in_use: i64,
    /// Its clock, in seconds since 1970.
    pub clock_s: f64,
    /// How long the oldest transaction has been running, in seconds.
    pub oldest_transaction_s: f64,
    /// Which process runs it; 0 when none does.
    pub oldest_transaction_by: i32,
}

/// The event log as its readers see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogHealth {
    /// Events in it.
    pub events: i64,
    /// Those that readers cannot see yet.
    pub hidden: i64,
    /// For how long the oldest of those has been hidden, in seconds.
    pub lag_s: f64,
    /// Events of transactions that this server has yet to come to: it was restored without care.
    pub of_the_future: i64,
}

const SERVER: &str = "SELECT current_setting('server_version'), current_setting('server_version_num')::bigint, \
    current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint, \
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()), \
    extract(epoch FROM clock_timestamp())::float8, \
    coalesce(extract(epoch FROM clock_timestamp() - t.xact_start), 0)::float8, coalesce(t.pid, 0) \
    FROM (SELECT 1) one LEFT JOIN (SELECT pid, xact_start FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL \
        ORDER BY xact_start LIMIT 1) t ON true";

const DURABILITY: &str = "SELECT name, setting FROM pg_settings \
    WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')";

const LOG: &str = "SELECT count(*), count(*) FILTER (WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())), \
    coalesce(max(extract(epoch FROM clock_timestamp() - at)) \
        FILTER (WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())), 0)::float8, \
    count(*) FILTER (WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) FROM events";

impl Inspection {
    /// What the server says of itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn server(&self) -> Result<Server, StorageError> {
        let row = self.client.query_one(SERVER, &[]).await.map_err(failed)?;
        let settings = self.client.query(DURABILITY, &[]).await.map_err(failed)?;
        let durability = settings
            .iter()
            .map(|row| Ok((column(row, 0)?, column(row, 1)?)))
            .collect::<Result<_, StorageError>>()?;
        Ok(Server {
            version: column(&row, 0)?,
            version_number: column(&row, 1)?,
            durability,
            connections: column(&row, 2)?,
            in_use: column(&row, 3)?,
            clock_s: column(&row, 4)?,
            oldest_transaction_s: column(&row, 5)?,
            oldest_transaction_by: column(&row, 6)?,
        })
    }

    /// Whether what is written to the log reaches its readers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_health(&self) -> Result<LogHealth, StorageError> {
        let row = self.client.query_one(LOG, &[]).await.map_err(failed)?;
        Ok(LogHealth {
            events: column(&row, 0)?,
            hidden: column(&row, 1)?,
            lag_s: column(&row, 2)?,
            of_the_future: column(&row, 3)?,
        })
    }
}
