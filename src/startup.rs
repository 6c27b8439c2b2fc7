//! From settings to a running service, and down again.

mod demo;
mod looking;
mod stopping;
mod vault;

pub use demo::{DemoStarted, demo_until_told, make_sandbox};

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;

use crate::actions::auth::first_administrator::InviteFirstAdministrator;
use crate::actions::lease_calls::Quotas;
use crate::actions::phone_number;
use crate::actions::refused_calls::RefusedCalls;
use crate::actions::{Answer, Call, Refusal, perform};
use crate::app::App;
use crate::config::{
    AdminSettings, DatabaseSettings, MailSettings, NoDemo, QuotaSettings, ServeSettings, StreamSettings,
    WebhookSettings,
};
use crate::demo::DemoError;
use crate::dispatch::{self, Loops};
use crate::draining::Draining;
use crate::feed::{self, Seats, Tail};
use crate::fleet::{self, LiveFleet};
use crate::keys::{self, Keys, KeysError};
use crate::outbound::mail::{MailError, Mailer};
use crate::outbound::webhooks::{Courier, Reach};
use crate::rest;
use crate::rest::server::HttpServer;
use crate::rest::shedding::Gates;
use crate::storage::durability::{self, DurabilityError};
use crate::storage::embedded::{EmbeddedPostgres, RunningPostgres, Settings, StartError};
use crate::storage::{Database, StorageError, database, migrations, notifications, presence};
use crate::wakeup::Wakeup;

pub use looking::{fill_once, look_once, run_once};
use stopping::StopSignals;
pub use stopping::Stopped;

/// Connections of whoever follows the log: the fuller the pool is, the more rests on memory being in step.
const FOLLOWING: u32 = 1;

/// The database inside the private Postgres.
const EMBEDDED_DATABASE: &str = "birgemiz";

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    /// The private Postgres did not start.
    #[error(transparent)]
    Embedded(#[from] StartError),
    /// The database would lose what it acknowledged.
    #[error(transparent)]
    Durability(#[from] DurabilityError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The secrets cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; is another server running there? choose another with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// Letters cannot be sent as it is set.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The settings are no demo's.
    #[error(transparent)]
    NoDemo(#[from] NoDemo),
    /// There is no demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The city that is there was drawn from another seed.
    #[error("the city in the folder was drawn from seed {0}: leave --seed out, or start afresh with --reset")]
    OtherSeed(u64),
    /// Something of the system failed.
    #[error("{0}: {1}")]
    System(&'static str, std::io::Error),
    /// Nothing was ever served from here.
    #[error("there is no database in {} yet: `birgemiz serve` makes one, `birgemiz restore` brings one back", .0.display())]
    NothingThere(std::path::PathBuf),
    /// The service stopped, and could not finish everything.
    #[error(
        "stopped, but {} calls and {} units of work were cut off unanswered, and {} positions were not kept; give them longer with --stop-limit-s",
        .0.calls_dropped, .0.units_dropped, .0.positions_lost
    )]
    CutOff(Stopped),
    /// The first administrator could not be invited.
    #[error("the first administrator could not be invited: {0}")]
    Invite(String),
}

/// What is told once the service runs.
#[derive(Debug, Clone)]
pub struct Started {
    /// Where clients reach it.
    pub url: String,
    /// The link for the first administrator, while there is none.
    pub first_administrator: Option<String>,
}

/// Where a database is: for the service, and for the owner of its tables.
#[derive(Debug, Clone)]
pub struct DatabaseUrls {
    /// For the service.
    pub service: String,
    /// For migrations.
    pub owner: String,
}

/// Serves until SIGINT or SIGTERM. Call it on the main thread: the private Postgres ends with the
/// thread that started it.
///
/// # Errors
/// In one plain sentence, when the service cannot start, or cut calls off when it stopped.
pub fn serve_until_told(settings: &ServeSettings, tell: impl FnOnce(&Started)) -> Result<(), StartupError> {
    let mut postgres = start_embedded(&settings.database)?;
    let runtime = threads()?;
    let outcome = runtime.block_on(async {
        let urls = database_urls(&settings.database, postgres.as_ref()).await?;
        let running = launch(settings, &urls).await?;
        let signals = StopSignals::listen()?;
        tell(&running.started);
        signals.told_to_stop(postgres.as_mut()).await;
        let stopped = running.stop_patiently(&settings.stopping).await;
        if stopped.is_clean() { Ok(()) } else { Err(StartupError::CutOff(stopped)) }
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(postgres) = postgres {
        postgres.stop();
    }
    outcome
}

fn threads() -> Result<tokio::runtime::Runtime, StartupError> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_name("birgemiz")
        .build()
        .map_err(|error| StartupError::System("no threads", error))
}

/// Does one piece of work on the database without serving: on the one of a URL, on that of a server which
/// runs on the data folder, or else on the private Postgres, started for as long as the work takes.
/// Call it on the main thread, as [`serve_until_told`].
///
/// # Errors
/// When the database cannot be had, or with the work's own.
pub fn work_once<T, E: From<StartupError>>(
    settings: &AdminSettings,
    work: impl AsyncFnOnce(&App) -> Result<T, E>,
) -> Result<T, E> {
    work_on(settings, CONNECTIONS, work)
}

/// The same, by so many connections.
fn work_on<T, E: From<StartupError>>(
    settings: &AdminSettings,
    connections: u32,
    work: impl AsyncFnOnce(&App) -> Result<T, E>,
) -> Result<T, E> {
    let (postgres, running) = match start_embedded(&settings.database) {
        Ok(postgres) => (postgres, None),
        Err(StartupError::Embedded(StartError::AlreadyRunning(_))) => {
            let running = RunningPostgres::find(&embedded_settings(&settings.database));
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
            None => database_urls(&settings.database, postgres.as_ref()).await?,
        };
        let app = prepare(settings, &urls, connections).await?;
        work(&app).await
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(postgres) = postgres {
        postgres.stop();
    }
    outcome
}

/// One verb needs one connection, and one to spare.
const CONNECTIONS: u32 = 2;

async fn prepare(
    settings: &AdminSettings,
    urls: &DatabaseUrls,
    connections: u32,
) -> Result<App, StartupError> {
    migrations::migrate(&urls.owner).await?;
    durability::require_durable(&urls.service).await?;
    let secrets =
        settings.secrets_dir.clone().unwrap_or_else(|| settings.database.data_folder().join("secrets"));
    let database = Database::connect(&urls.service, connections, settings.database.pool_wait()).await?;
    let (database, vault) = vault::open(database, &secrets).await?;
    let app = App {
        database,
        runtime: Handle::current(),
        keys: Arc::new(Keys::load_or_make(&secrets)?),
        vault,
        fleet: LiveFleet::default(),
        feed: Tail::default(),
        wakeup: Wakeup::default(),
        draining: Draining::default(),
        quotas: Quotas::new(QuotaSettings::default()),
        streams: Seats::new(StreamSettings::default()),
        trusted_proxies: Arc::default(),
        public_hosts: Arc::default(),
        refused: rest::problem::kept_answer,
        payload: rest::events::payload,
        courier: Courier::new(Reach::Public),
        mailer: mailer(&MailSettings::default(), &settings.database)?,
        refused_calls: RefusedCalls::default(),
        audit_folder: settings.database.audit_folder(None).into(),
        public_url: settings.public_url.trim_end_matches('/').into(),
    };
    vault::seal_what_is_plain(&app, &urls.owner).await?;
    Ok(app)
}

fn start_embedded(settings: &DatabaseSettings) -> Result<Option<EmbeddedPostgres>, StartupError> {
    if settings.database_url.is_some() {
        return Ok(None);
    }
    Ok(Some(EmbeddedPostgres::start(&embedded_settings(settings))?))
}

fn embedded_settings(settings: &DatabaseSettings) -> Settings {
    let mut embedded = Settings::new(settings.data_folder().join("postgres"));
    embedded.programs_dir.clone_from(&settings.postgres_bin);
    embedded.server_options.extend([
        ("max_connections".to_owned(), (database::connections_of(settings.pool_size) + 20).to_string()),
        ("shared_buffers".to_owned(), "256MB".to_owned()),
        // No query here is long enough to gain by it, and it needs memory that is writable and executable.
        ("jit".to_owned(), "off".to_owned()),
    ]);
    embedded
}

async fn database_urls(
    settings: &DatabaseSettings,
    postgres: Option<&EmbeddedPostgres>,
) -> Result<DatabaseUrls, StartupError> {
    match (postgres, &settings.database_url) {
        (Some(postgres), _) => {
            let owner = |database: &str| postgres.url("postgres", database);
            database::ensure_exists(&owner("postgres"), EMBEDDED_DATABASE).await?;
            Ok(DatabaseUrls {
                service: postgres.url(database::SERVICE_ROLE, EMBEDDED_DATABASE),
                owner: owner(EMBEDDED_DATABASE),
            })
        }
        (None, Some(url)) => {
            let owner = settings.owner_database_url.clone().unwrap_or_else(|| url.clone());
            Ok(DatabaseUrls { service: url.clone(), owner })
        }
        (None, None) => Err(StorageError::NoConnection("no database is configured".to_owned()).into()),
    }
}

/// A service that runs.
pub struct Running {
    /// What to tell people.
    pub started: Started,
    /// What it shares with whoever started it.
    pub app: App,
    server: HttpServer,
    loops: Loops,
    /// Those who only read; they end with this.
    followers: JoinSet<()>,
}

/// Brings the database up to date and starts to serve. Must run on a multi-threaded tokio runtime.
///
/// # Errors
/// In one plain sentence, when the service cannot start.
pub async fn launch(settings: &ServeSettings, urls: &DatabaseUrls) -> Result<Running, StartupError> {
    let plans = phone_number::read_plans();
    let applied = migrations::migrate(&urls.owner).await?;
    tracing::info!(migrations = applied.len(), "the database is up to date");
    durability::require_durable(&urls.service).await?;
    let database =
        Database::connect(&urls.service, settings.database.pool_size, settings.database.pool_wait()).await?;
    let secrets =
        settings.secrets_dir.clone().unwrap_or_else(|| settings.database.data_folder().join("secrets"));
    let (database, vault) = vault::open(database, &secrets).await?;
    let listener =
        TcpListener::bind(settings.listen).map_err(|error| StartupError::Listen(settings.listen, error))?;
    let address = listener.local_addr().map_err(|error| StartupError::Listen(settings.listen, error))?;
    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let app = App {
        database,
        runtime: Handle::current(),
        keys: Arc::new(Keys::load_or_make(&secrets)?),
        vault,
        fleet: LiveFleet::default(),
        feed: Tail::default(),
        wakeup: Wakeup::default(),
        draining: Draining::default(),
        quotas: Quotas::new(settings.quotas),
        streams: Seats::new(settings.streams),
        trusted_proxies: Arc::new(settings.trusted_proxies.clone().unwrap_or_default()),
        public_hosts: Arc::new(settings.public_hosts.clone().unwrap_or_default()),
        refused: rest::problem::kept_answer,
        payload: rest::events::payload,
        courier: Courier::new(reach_of(settings.webhooks)),
        mailer: mailer(&settings.mail, &settings.database)?,
        refused_calls: RefusedCalls::default(),
        audit_folder: settings.database.audit_folder(settings.audit_folder.as_ref()).into(),
        public_url: url.trim_end_matches('/').into(),
    };
    say_where_letters_go(&app.mailer);
    vault::seal_what_is_plain(&app, &urls.owner).await?;
    dispatch::erase_again(&app)
        .await
        .map_err(|error| StartupError::System("who was erased may be back", std::io::Error::other(error)))?;
    let first_administrator = invite(&app).await?;
    // Whether they can be read shows with the first number that is told.
    let _ = plans.await;
    let patience_s = settings.stopping.stop_limit_s;
    let gates = Gates::new(settings.database.pool_size, settings.database.pool_wait());
    let server = HttpServer::start(&app, gates, listener, usize::from(settings.workers), patience_s)
        .map_err(|error| StartupError::System("the HTTP server did not start", error))?;
    let started = Started { url: app.public_url.to_string(), first_administrator };
    let (followers, loops) = (follow(&app, app.database.beside(FOLLOWING).await?), Loops::start(&app));
    // Whoever started it may ask at once. Should this fail, the follower goes on trying, and the
    // service says that it is not ready.
    if let Err(error) = app.fleet.catch_up(&app.database).await {
        tracing::warn!(%error, "the fleet is not loaded yet");
    }
    Ok(Running { started, app, server, loops, followers })
}

fn mailer(settings: &MailSettings, database: &DatabaseSettings) -> Result<Mailer, MailError> {
    Mailer::new(settings, database.data_folder().join("mail"))
}

fn say_where_letters_go(mailer: &Mailer) {
    if let Some(place) = mailer.for_development() {
        tracing::info!(
            place,
            "letters go nowhere but there; for people to have them, set mail_channel to smtp"
        );
    }
}

fn reach_of(settings: WebhookSettings) -> Reach {
    if settings.webhook_allow_loopback { Reach::LoopbackToo } else { Reach::Public }
}

/// Keeps the fleet in step with the log, and the processes of the deployment awake together.
fn follow(app: &App, following: Database) -> JoinSet<()> {
    let mut followers = JoinSet::new();
    followers.spawn(fleet::follow(app.fleet.clone(), following, app.wakeup.listen()));
    followers.spawn(feed::follow(app.feed.clone(), app.database.clone(), app.wakeup.listen()));
    followers.spawn(presence::keep_asking(app.database.clone()));
    followers.spawn(dispatch::measure(app.clone()));
    followers.spawn(keys::follow(Arc::clone(&app.keys)));
    followers.spawn(dispatch::tell_signing_keys(app.clone()));
    let wakeup = app.wakeup.clone();
    followers.spawn(notifications::carry(app.database.clone(), app.wakeup.own_commits(), move || {
        wakeup.pass_on()
    }));
    followers
}

async fn invite(app: &App) -> Result<Option<String>, StartupError> {
    let body = |token: &Option<String>| Answer {
        status: 200,
        location: token.clone(),
        body: Vec::new(),
        kept_body: None,
        replayed: false,
    };
    let answer = perform(app, Call::by_system(), InviteFirstAdministrator, body)
        .await
        .map_err(|refusal: Refusal| StartupError::Invite(format!("{:?}", refusal.cause)))?;
    Ok(answer.location.map(|token| format!("{}/setup#{token}", app.public_url)))
}
