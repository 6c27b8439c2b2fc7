//! Refuses a database that would lose what it acknowledged.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::StorageError;
use super::prepared::Prepare;

/// Why this database is not to be trusted with requests.
#[derive(Debug, thiserror::Error)]
pub enum DurabilityError {
    /// A setting is off.
    #[error(
        "the database has {0} = {1}, so it could lose requests that were accepted; set it to on (ALTER SYSTEM SET {0} = on; SELECT pg_reload_conf();) and start again"
    )]
    Unsafe(String, String),
    /// It could not be asked.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    setting: String,
}

/// Checks the three settings that decide whether an acknowledged write survives a crash
/// (PostgreSQL manual, "Write Ahead Log", runtime-config-wal).
///
/// # Errors
/// Names the first setting that is not on.
pub async fn require_durable(url: &str) -> Result<(), DurabilityError> {
    let mut connection = AsyncPgConnection::establish(url)
        .await
        .map_err(|error| StorageError::NoConnection(error.to_string()))?;
    // Asked on a fresh session of the service's own login, so that per-role settings count too.
    let settings: Vec<Setting> = diesel::sql_query(
        "SELECT name, setting FROM pg_settings \
         WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name",
    )
    .prepared()
    .load(&mut connection)
    .await
    .map_err(StorageError::from)?;
    settings
        .into_iter()
        .find(|setting| !is_safe(&setting.setting))
        .map_or(Ok(()), |setting| Err(DurabilityError::Unsafe(setting.name, setting.setting)))
}

/// All of these wait for the local flush; they differ in what they ask of standbys.
pub(crate) fn is_safe(setting: &str) -> bool {
    matches!(setting, "on" | "local" | "remote_apply" | "remote_write")
}
