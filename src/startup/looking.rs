//! Reaching the database without bringing it up to date: for those who look, save and restore.

use std::time::Duration;

use super::{
    DatabaseUrls, EMBEDDED_DATABASE, StartupError, database_urls, embedded_settings, start_embedded, threads,
};
use crate::config::DatabaseSettings;
use crate::storage::database;
use crate::storage::embedded::{RunningPostgres, StartError};

/// Does work on the database as it is: on the one of a URL, on that of a server which runs on the data
/// folder, or else on the private Postgres, started for as long as the work takes. Makes nothing: where
/// nothing was ever served there is nothing to look at. Call it on the main thread.
///
/// # Errors
/// When the database cannot be had, or with the work's own.
pub fn look_once<T, E: From<StartupError>>(
    settings: &DatabaseSettings,
    work: impl AsyncFnOnce(&DatabaseUrls) -> Result<T, E>,
) -> Result<T, E> {
    let cluster = settings.data_folder().join("postgres/cluster");
    if settings.database_url.is_none() && !cluster.exists() {
        return Err(StartupError::NothingThere(cluster).into());
    }
    let (postgres, running) = match start_embedded(settings) {
        Ok(postgres) => (postgres, None),
        Err(StartupError::Embedded(StartError::AlreadyRunning(_))) => {
            let running = RunningPostgres::find(&embedded_settings(settings));
            (None, Some(running.map_err(StartupError::from)?))
        }
        Err(error) => return Err(error.into()),
    };
    let runtime = threads()?;
    let outcome = runtime.block_on(async {
        let urls = match &running {
            Some(running) => DatabaseUrls {
                service: running.url(database::SERVICE_ROLE, EMBEDDED_DATABASE),
                owner: running.url("postgres", EMBEDDED_DATABASE),
            },
            None => database_urls(settings, postgres.as_ref()).await?,
        };
        work(&urls).await
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(postgres) = postgres {
        postgres.stop();
    }
    outcome
}

/// Does work on a database that is to be filled: on the one of a URL, or on the private Postgres, which is
/// made where there is none. Refuses while a server runs on the data folder. Call it on the main thread.
///
/// # Errors
/// When the database cannot be had, or with the work's own.
pub fn fill_once<T, E: From<StartupError>>(
    settings: &DatabaseSettings,
    work: impl AsyncFnOnce(&DatabaseUrls) -> Result<T, E>,
) -> Result<T, E> {
    let postgres = start_embedded(settings)?;
    let outcome = run_once(async {
        let urls = database_urls(settings, postgres.as_ref()).await?;
        work(&urls).await
    })?;
    if let Some(postgres) = postgres {
        postgres.stop();
    }
    outcome
}

/// Does work on threads of its own, which end with it.
///
/// # Errors
/// When there are no threads.
pub fn run_once<T>(work: impl Future<Output = T>) -> Result<T, StartupError> {
    let runtime = threads()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(Duration::from_secs(5));
    Ok(outcome)
}
