//! Refuses a database that would lose what it acknowledged.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio_postgres::NoTls;

use super::StorageError;
use super::database::{ActingRole, patient};
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
    for role in ActingRole::ALL {
        let unsafe_one = settings_of(url, role).await?.into_iter().find(|one| !is_safe(&one.setting));
        if let Some(one) = unsafe_one {
            return Err(DurabilityError::Unsafe(one.name, one.setting));
        }
    }
    Ok(())
}

/// Asked on a fresh session of each of the service's own logins, so that per-role settings count too.
async fn settings_of(url: &str, role: ActingRole) -> Result<Vec<Setting>, StorageError> {
    let lost = |error: String| StorageError::NoConnection(error);
    let (client, driven) =
        role.log_in(&patient(url)?).connect(NoTls).await.map_err(|error| lost(error.to_string()))?;
    let mut connection = AsyncPgConnection::try_from_client_and_connection(client, driven)
        .await
        .map_err(|error| lost(error.to_string()))?;
    // A login that may not act in this role is found here, by its name, and not when somebody calls.
    connection.batch_execute(&role.step_down()).await?;
    let settings = diesel::sql_query(
        "SELECT name, setting FROM pg_settings \
         WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name",
    )
    .prepared()
    .load(&mut connection)
    .await?;
    Ok(settings)
}

/// All of these wait for the local flush; they differ in what they ask of standbys.
pub(crate) fn is_safe(setting: &str) -> bool {
    matches!(setting, "on" | "local" | "remote_apply" | "remote_write")
}
