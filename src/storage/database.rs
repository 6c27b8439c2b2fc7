//! The pool: how many connections, how long each may take, and on which runtime they are driven.

use std::time::Duration;

use diesel_async::pooled_connection::bb8::{Pool, PooledConnection};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Connection, NoTls, Socket};

use super::StorageError;

/// How long a unit of work waits for a connection before the caller is told to come back later.
const WAIT: Duration = Duration::from_secs(1);

/// Set on every connection: no statement, lock or forgotten transaction holds others up for long.
/// Five seconds is twenty times the slowest statement of a loaded server.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
    SET idle_in_transaction_session_timeout = '5s'; SET timezone = 'UTC'; SET application_name = 'birgemiz'; ";

/// The role that the service acts as. It owns nothing.
pub(super) const ROLE: &str = "birgemiz_app";

/// A pool of connections to the one database.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    url: String,
}

impl Database {
    /// Opens a pool of up to `size` connections. They are driven on the runtime this is called from,
    /// whichever thread asks: a busy HTTP worker then never stalls another's query.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn connect(url: &str, size: u32) -> Result<Self, StorageError> {
        let runtime = Handle::current();
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| {
            let (runtime, url) = (runtime.clone(), url.to_owned());
            async move {
                let opening = runtime.spawn(async move { open(&url).await });
                opening
                    .await
                    .unwrap_or_else(|_| Err(diesel::ConnectionError::BadConnection("runtime stopped".into())))
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = Pool::builder()
            .max_size(size)
            .connection_timeout(WAIT)
            .build(manager)
            .await
            .map_err(|error| StorageError::NoConnection(error.to_string()))?;
        let database = Self { pool, url: url.to_owned() };
        database.connection().await?;
        Ok(database)
    }

    pub(super) async fn connection(&self) -> Result<PooledConnection<'_, AsyncPgConnection>, StorageError> {
        self.pool.get().await.map_err(|error| StorageError::NoConnection(error.to_string()))
    }

    /// A connection of one's own, outside the pool, and what drives it: for notifications.
    pub(super) async fn own_client(&self) -> Result<(Client, Connection<Socket, NoTlsStream>), StorageError> {
        tokio_postgres::connect(&self.url, NoTls)
            .await
            .map_err(|error| StorageError::NoConnection(error.to_string()))
    }

    /// Whether the database answers now.
    pub async fn answers(&self) -> bool {
        match self.connection().await {
            Ok(mut connection) => connection.batch_execute("SELECT 1").await.is_ok(),
            Err(_) => false,
        }
    }
}

async fn open(url: &str) -> diesel::ConnectionResult<AsyncPgConnection> {
    let mut connection = AsyncPgConnection::establish(url).await?;
    connection
        .batch_execute(&format!("{SESSION} SET ROLE {ROLE};"))
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    super::unit::rehearse(&connection).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// The role that the service logs in as where it may choose.
pub const SERVICE_ROLE: &str = ROLE;

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
