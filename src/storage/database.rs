//! The pool: how many connections, how long each may take, and on which runtime they are driven.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel_async::pooled_connection::bb8::{Pool, PooledConnection};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, NoTls, Socket};

use super::StorageError;
pub(super) use super::acting_role::ActingRole;
use super::keyring::Keyring;
use super::presence::Presence;
use super::queue::Queue;
use crate::clock;

/// Set on every connection: no statement, lock or forgotten transaction holds others up for long.
/// Five seconds is twenty times the slowest statement of a loaded server.
/// A statement whose asker is gone is noticed every two seconds.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
    SET idle_in_transaction_session_timeout = '5s'; SET client_connection_check_interval = '2s'; SET timezone = 'UTC'; SET application_name = 'birgemiz'; ";

/// How long a server may take to accept a connection, where its URL does not say otherwise.
const CONNECT: Duration = Duration::from_secs(2);

/// How long the network may swallow what was sent before the connection counts as lost, where the URL
/// does not say otherwise (tcp(7), TCP_USER_TIMEOUT). As long as the longest statement.
const NETWORK: Duration = Duration::from_secs(5);

/// A pool that somebody waited for in vain within this time is exhausted.
const EXHAUSTED_FOR: Duration = Duration::from_secs(2);

/// Whoever would wait longer than this part of the longest wait is turned away at once: they can come back, and
/// those who wait already are served in time.
const SHED_AT: u32 = 5;

/// Connections to the one database: a pool for each role.
#[derive(Clone)]
pub struct Database {
    lanes: [Lane; ActingRole::ALL.len()],
    /// How long a unit of work waits for a connection before the caller is told to come back later.
    wait: Duration,
    url: String,
    presence: watch::Sender<Presence>,
    /// When somebody last waited for a connection in vain.
    waited_in_vain: Arc<Mutex<Option<Instant>>>,
    /// What seals and opens private data; none for those who look at nothing private.
    pub(super) keyring: Option<Arc<Keyring>>,
}

/// A server that is there has let somebody in by then, however busy its machine is.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// The connections of one role. No connection ever changes its role.
#[derive(Clone)]
struct Lane {
    pool: Pool<AsyncPgConnection>,
    /// Those who wait for one now.
    queue: Queue,
}

impl Lane {
    async fn open(url: &str, role: ActingRole, size: u32, wait: Duration) -> Result<Self, StorageError> {
        let runtime = Handle::current();
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| {
            let (runtime, url) = (runtime.clone(), url.to_owned());
            async move {
                let opening = runtime.spawn(async move { open(&url, role).await });
                opening
                    .await
                    .unwrap_or_else(|_| Err(diesel::ConnectionError::BadConnection("runtime stopped".into())))
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = Pool::builder()
            .max_size(role.share_of(size))
            .connection_timeout(wait)
            .build(manager)
            .await
            .map_err(|error| StorageError::NoConnection(error.to_string()))?;
        Ok(Self { pool, queue: Queue::default() })
    }
}

/// How the pool is used at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections that are open.
    pub open: u32,
    /// Those of them that somebody works on.
    pub in_use: u32,
}

impl Database {
    /// Opens pools: of up to `size` connections for those who call, and smaller ones for the other roles. They are driven on the runtime this is called from,
    /// whichever thread asks: a busy HTTP worker then never stalls another's query.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn connect(url: &str, size: u32, wait: Duration) -> Result<Self, StorageError> {
        let [app, admin, gate, system] = ActingRole::ALL.map(|role| Lane::open(url, role, size, wait));
        let lanes = [app.await?, admin.await?, gate.await?, system.await?];
        let (presence, _) = watch::channel(Presence::Here);
        let (url, waited_in_vain) = (url.to_owned(), Arc::default());
        let database = Self { lanes, wait, url, presence, waited_in_vain, keyring: None };
        database.reached().await?;
        Ok(database)
    }

    /// Somebody answers there. How long a caller would wait for a place is no measure of that.
    async fn reached(&self) -> Result<(), StorageError> {
        let [app, ..] = &self.lanes;
        match tokio::time::timeout(REACHED_WITHIN, app.pool.dedicated_connection()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(StorageError::NoConnection(error.to_string())),
            Err(_) => Err(StorageError::NoConnection("the database does not answer".to_owned())),
        }
    }

    /// The same database through a pool of its own, for those who must never wait behind callers.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn beside(&self, size: u32) -> Result<Self, StorageError> {
        let beside = Self::connect(&self.url, size, self.wait).await?;
        Ok(Self { presence: self.presence.clone(), keyring: self.keyring.clone(), ..beside })
    }

    pub(super) async fn connection(
        &self,
        role: ActingRole,
    ) -> Result<PooledConnection<'_, AsyncPgConnection>, StorageError> {
        if !self.is_here() {
            return Err(StorageError::NoConnection("the database does not answer".to_owned()));
        }
        let [app, admin, gate, system] = &self.lanes;
        let lane = match role {
            ActingRole::App => app,
            ActingRole::Admin => admin,
            ActingRole::Gate => gate,
            ActingRole::System => system,
        };
        let (asked, short) = (clock::instant(), self.wait / SHED_AT);
        let Some(place) = lane.queue.enter(short, asked) else {
            metrics::counter!("birgemiz_shed_total").increment(1);
            return Err(StorageError::NoConnection("too many wait for a connection already".to_owned()));
        };
        let patience = place.patience(self.wait, short, asked);
        let Ok(got) = tokio::time::timeout(patience, lane.pool.get()).await else {
            return Err(self.in_vain("nobody who waits in a standing queue waits for long".to_owned()));
        };
        if got.is_ok() {
            place.served(clock::instant());
        }
        metrics::histogram!("birgemiz_pool_wait_seconds").record(clock::since(asked).as_secs_f64());
        got.map_err(|error| self.in_vain(error.to_string()))
    }

    /// Somebody has waited for a connection in vain.
    fn in_vain(&self, why: String) -> StorageError {
        metrics::counter!("birgemiz_pool_timeouts_total").increment(1);
        *self.waited_in_vain.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock::instant());
        StorageError::NoConnection(why)
    }

    /// A connection of one's own, outside the pools, in that role, and what drives it once it has it.
    pub(super) async fn own_client(
        &self,
        role: ActingRole,
    ) -> Result<(Client, Connection<Socket, NoTlsStream>), StorageError> {
        role.log_in(&patient(&self.url)?)
            .connect(NoTls)
            .await
            .map_err(|error| StorageError::NoConnection(error.to_string()))
    }

    /// What is known of the database: `Here` until somebody asks it regularly.
    #[must_use]
    pub const fn presence(&self) -> &watch::Sender<Presence> {
        &self.presence
    }

    /// Whether the database answers, as far as is known.
    #[must_use]
    pub fn is_here(&self) -> bool {
        *self.presence.borrow() != Presence::Away
    }

    /// Returns when the database is known to be away.
    pub async fn is_away(&self) {
        let mut told = self.presence.subscribe();
        if told.wait_for(|presence| *presence == Presence::Away).await.is_err() {
            // Nobody is left to tell.
            std::future::pending::<()>().await;
        }
    }

    /// Whether somebody has just waited for a connection in vain.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        let waited = *self.waited_in_vain.lock().unwrap_or_else(PoisonError::into_inner);
        waited.is_some_and(|at| clock::since(at) < EXHAUSTED_FOR)
    }

    /// How the pool is used now.
    #[must_use]
    pub fn pool_use(&self) -> PoolUse {
        self.lanes.iter().map(|lane| lane.pool.state()).fold(PoolUse { open: 0, in_use: 0 }, |all, state| {
            let in_use = state.connections.saturating_sub(state.idle_connections);
            PoolUse { open: all.open + state.connections, in_use: all.in_use + in_use }
        })
    }
}

/// Where that URL leads, with a limit to each wait that it does not limit itself.
pub(super) fn patient(url: &str) -> Result<Config, StorageError> {
    // The parser's words may quote the URL, and the URL a password.
    let mut config: Config = url
        .parse()
        .map_err(|_| StorageError::NoConnection("the database's URL cannot be understood".to_owned()))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(NETWORK);
    }
    Ok(config)
}

async fn open(url: &str, role: ActingRole) -> diesel::ConnectionResult<AsyncPgConnection> {
    let unusable = |error: String| diesel::ConnectionError::BadConnection(error);
    let config = role.log_in(&patient(url).map_err(|error| unusable(error.to_string()))?);
    let (client, driven) = config.connect(NoTls).await.map_err(|error| unusable(error.to_string()))?;
    let mut connection = AsyncPgConnection::try_from_client_and_connection(client, driven).await?;
    connection
        .batch_execute(&format!("{SESSION} {}", role.step_down()))
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    super::unit::rehearse(&connection).await.map_err(|error| unusable(error.to_string()))?;
    Ok(connection)
}

/// The role that the service logs in as where it may choose.
pub const SERVICE_ROLE: &str = ActingRole::App.name();

/// How many connections a service may have whose pool for those who call has this size.
#[must_use]
pub fn connections_of(pool_size: u32) -> u32 {
    ActingRole::all_of(pool_size)
}

/// Makes a database on that server, unless it is there.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub async fn ensure_exists(server_url: &str, name: &str) -> Result<(), StorageError> {
    let mut connection = AsyncPgConnection::establish(server_url)
        .await
        .map_err(|error| StorageError::NoConnection(error.to_string()))?;
    match connection.batch_execute(&format!("CREATE DATABASE {name}")).await {
        Err(diesel::result::Error::DatabaseError(_, info)) if info.message().ends_with("already exists") => {
            Ok(())
        }
        other => other.map_err(StorageError::from),
    }
}
