//! The demo: a city that is built where there is none yet, served, and alive until it is told to stop.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{
    Started, StartupError, StopSignals, database_urls, launch, prepare, start_embedded, threads, work_on,
};
use crate::clock;
use crate::config::{AdminSettings, DemoSettings, ServeSettings};
use crate::demo::{self, DemoFolder, Life, Roster, plan::Plan};
use crate::startup::DatabaseUrls;

/// The seed of whoever names none.
const USUAL_SEED: u64 = 1;

/// Connections while the city is built: as many as people act at once, and some to spare.
const CONNECTIONS: u32 = 16;

/// The same for a sandbox, which is made while a server runs and needs its own.
const CONNECTIONS_OF_A_SANDBOX: u32 = 4;

/// How long each of its people waits for one of them.
const PATIENCE_MS: u64 = 30_000;

/// What is told once the demo runs.
pub struct DemoStarted {
    /// Where it serves.
    pub url: String,
    /// Who can log in.
    pub roster: Roster,
    /// Where that is written.
    pub written: Vec<PathBuf>,
    /// How long the city took to be built; none when it was there.
    pub built_in: Option<Duration>,
}

/// Serves the demo until SIGINT or SIGTERM. Call it on the main thread, as
/// [`serve_until_told`](super::serve_until_told).
///
/// # Errors
/// In one plain sentence, when the demo cannot start.
pub fn demo_until_told(settings: &DemoSettings, tell: impl FnOnce(&DemoStarted)) -> Result<(), StartupError> {
    let serve = settings.serve()?;
    // Asked before anything is built: nobody waits for a city that cannot be served.
    drop(TcpListener::bind(serve.listen).map_err(|error| StartupError::Listen(serve.listen, error))?);
    let folder = DemoFolder::open(&settings.folder())?;
    let found = found(settings, &folder)?;
    if found.is_none() {
        folder.clear()?;
    }
    let mut postgres = start_embedded(&serve.database)?;
    let runtime = threads()?;
    let outcome = runtime.block_on(async {
        let urls = database_urls(&serve.database, postgres.as_ref()).await?;
        let begun = clock::instant();
        let is_new = found.is_none();
        let roster = match found {
            Some(roster) => roster,
            None => Box::pin(build(&serve, &urls, settings.seed.unwrap_or(USUAL_SEED))).await?,
        };
        let built_in = is_new.then(|| clock::since(begun));
        let running = launch(&serve, &urls).await?;
        let started = keep(settings, &folder, (roster, built_in), &running.started)?;
        let life = if settings.still {
            None
        } else {
            Some(Life::start(&running.app, &started.roster, settings.pace)?)
        };
        let signals = StopSignals::listen()?;
        tell(&started);
        signals.told_to_stop(postgres.as_mut()).await;
        if let Some(life) = life {
            life.stop().await;
        }
        let stopped = running.stop_patiently(&serve.stopping).await;
        if stopped.is_clean() { Ok(()) } else { Err(StartupError::CutOff(stopped)) }
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(postgres) = postgres {
        postgres.stop();
    }
    outcome
}

/// The city that is there, unless another one is wanted. One that was never finished is none.
fn found(settings: &DemoSettings, folder: &DemoFolder) -> Result<Option<Roster>, StartupError> {
    if settings.reset {
        return Ok(None);
    }
    let found = folder.roster()?;
    match (&found, settings.seed) {
        (Some(roster), Some(seed)) if roster.seed != seed => Err(StartupError::OtherSeed(roster.seed)),
        (Some(_) | None, _) => Ok(found),
    }
}

async fn build(serve: &ServeSettings, urls: &DatabaseUrls, seed: u64) -> Result<Roster, StartupError> {
    let settings = AdminSettings {
        database: serve.database.clone(),
        public_url: format!("http://{}", serve.listen),
        secrets_dir: None,
    };
    let app = prepare(&settings, urls, CONNECTIONS).await?;
    Ok(demo::build(&app, &Plan::draw(seed)?).await?)
}

/// Makes a sandbox on the database of a service, whether the server runs or not. Its credentials are written to the
/// file, where one is named; answers them else, or where they are. Call it on the main thread, as
/// [`serve_until_told`](super::serve_until_told).
///
/// # Errors
/// When the database cannot be had, or the name is taken.
pub fn make_sandbox(
    settings: &AdminSettings,
    name: &str,
    file: Option<&Path>,
) -> Result<String, StartupError> {
    let mut settings = settings.clone();
    // A server may run beside it, whose connections these are too; and nobody waits for an answer here.
    settings.database.pool_wait_ms = settings.database.pool_wait_ms.max(PATIENCE_MS);
    let roster: Roster = work_on(&settings, CONNECTIONS_OF_A_SANDBOX, async |app| {
        let mut roster = Box::pin(demo::build_sandbox(app, name)).await?;
        app.public_url.as_ref().clone_into(&mut roster.url);
        Ok::<_, StartupError>(roster)
    })?;
    if let Some(file) = file {
        demo::write(file, &roster)?;
        return Ok(file.display().to_string());
    }
    serde_json::to_string_pretty(&roster)
        .map_err(|error| StartupError::System("the sandbox cannot be told of", error.into()))
}

/// Writes down who can log in, and where: the address may be another than last time.
fn keep(
    settings: &DemoSettings,
    folder: &DemoFolder,
    (mut roster, built_in): (Roster, Option<Duration>),
    started: &Started,
) -> Result<DemoStarted, StartupError> {
    roster.url.clone_from(&started.url);
    folder.keep(&roster)?;
    let mut written = vec![folder.roster_path()];
    if let Some(path) = &settings.write {
        demo::write(path, &roster)?;
        written.push(path.clone());
    }
    Ok(DemoStarted { url: started.url.clone(), roster, written, built_in })
}
