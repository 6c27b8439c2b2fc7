//! Brings the tables up to date. One process at a time: the others wait for the advisory lock.

use std::sync::OnceLock;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::Bool;
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StorageError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The advisory lock under which migrations run: "birgemiz" in ASCII.
const LOCK: i64 = 0x6269_7267_656d_697a;

/// Runs what has not been run, as the tables' owner, and says which migrations those were.
///
/// Must be called on a multi-threaded tokio runtime: diesel's harness blocks inside it.
///
/// # Errors
/// When the database cannot be reached, or a migration fails; it is then rolled back.
pub async fn migrate(owner_url: &str) -> Result<Vec<String>, StorageError> {
    with_harness(owner_url, "", |harness| {
        harness
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
    })
    .await
}

/// The versions that this program brings, oldest first, as the database notes them.
#[must_use]
pub fn known() -> &'static [String] {
    static KNOWN: OnceLock<Vec<String>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let found: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
        let mut versions: Vec<String> =
            found.iter().map(|migration| migration.name().version().to_string()).collect();
        versions.sort();
        versions
    })
}

/// Whether a database whose newest migration is this one has the tables that this program expects.
#[must_use]
pub fn is_newest(version: &str) -> bool {
    known().last().is_some_and(|newest| newest == version)
}

/// Undoes every migration, newest first. Everything is lost: for tests of the migrations only.
///
/// # Errors
/// As for [`migrate`].
pub async fn revert_all(owner_url: &str) -> Result<(), StorageError> {
    const SESSION: &str = "SET birgemiz.lose_sealed_doors = 'true'";
    with_harness(owner_url, SESSION, |harness| harness.revert_all_migrations(MIGRATIONS).map(|_| ())).await
}

async fn with_harness<T>(
    owner_url: &str,
    session: &str,
    work: impl FnOnce(
        &mut AsyncMigrationHarness<AsyncPgConnection>,
    ) -> Result<T, Box<dyn std::error::Error + Send + Sync>>,
) -> Result<T, StorageError> {
    let mut connection = AsyncPgConnection::establish(owner_url)
        .await
        .map_err(|error| StorageError::NoConnection(error.to_string()))?;
    connection.batch_execute(session).await?;
    wait_for_lock(&mut connection).await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let outcome = work(&mut harness).map_err(|error| StorageError::Database(error.to_string()));
    // The lock belongs to the session and goes with it.
    drop(harness);
    outcome
}

#[derive(QueryableByName)]
struct Tried {
    #[diesel(sql_type = Bool)]
    had: bool,
}

/// Asks again and again rather than wait in one statement: whoever has the lock may build an index
/// concurrently, which waits for every statement that was there before it.
async fn wait_for_lock(connection: &mut AsyncPgConnection) -> Result<(), StorageError> {
    /// How long between two tries.
    const PAUSE: Duration = Duration::from_millis(100);
    loop {
        let tried: Tried = diesel::sql_query(format!("SELECT pg_try_advisory_lock({LOCK}) AS had"))
            .get_result(connection)
            .await?;
        if tried.had {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
