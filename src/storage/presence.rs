//! Whether the database is there, and is one that this program knows: asked regularly on a connection of
//! its own, so that neither a slow query nor a full pool is ever taken for a server that is gone.
//!
//! Whoever waits for the database can give up as soon as it is known to be away, instead of when some
//! time-out runs out: a stopped server runs none of its own.

use std::time::Duration;

use tokio::sync::watch;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::database::ActingRole;
use super::{Database, StorageError, migrations};
use crate::clock;

/// How often the database is asked.
const PERIOD: Duration = Duration::from_millis(250);

/// A database that has been silent for this long is away. A busy one answers a query without a table
/// in milliseconds; callers are to be told within three seconds.
const SILENCE: Duration = Duration::from_secs(2);

/// Asked as the service itself, whose rights are the ones that count.
const QUESTION: &str = "SELECT max(version) FROM __diesel_schema_migrations";

const SESSION: &str = "SET statement_timeout = '5s'; SET application_name = 'birgemiz pulse';";

/// What is known of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It answers.
    Here,
    /// It has been silent for too long.
    Away,
    /// It answers, but its tables are newer than this program knows, or are not there.
    UnknownSchema,
}

/// Asks for ever, and tells whoever watches.
pub async fn keep_asking(database: Database) {
    let (mut client, mut last) = (None, clock::instant());
    loop {
        let left = SILENCE.saturating_sub(clock::since(last)).max(PERIOD);
        // A question that got no answer in time stays on its connection; the next one queues behind it.
        match tokio::time::timeout(left, ask(&database, &mut client)).await {
            Ok(Ok(presence)) => {
                last = clock::instant();
                tell(database.presence(), presence);
            }
            Ok(Err(_)) => client = None,
            Err(_) => {}
        }
        if clock::since(last) >= SILENCE {
            tell(database.presence(), Presence::Away);
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn ask(database: &Database, client: &mut Option<Client>) -> Result<Presence, StorageError> {
    let asked = match client {
        Some(asked) => asked,
        None => client.insert(connect(database).await?),
    };
    let answer = asked.simple_query(QUESTION).await.map_err(|_| lost())?;
    let is_known = answer.iter().any(|message| {
        matches!(message, SimpleQueryMessage::Row(row) if row.get(0).is_some_and(migrations::is_newest))
    });
    Ok(if is_known { Presence::Here } else { Presence::UnknownSchema })
}

async fn connect(database: &Database) -> Result<Client, StorageError> {
    let (client, connection) = database.own_client(ActingRole::App).await?;
    // It ends when the client is dropped, or with the connection.
    tokio::spawn(connection);
    client.batch_execute(&format!("{SESSION} {}", ActingRole::App.step_down())).await.map_err(|_| lost())?;
    Ok(client)
}

fn tell(told: &watch::Sender<Presence>, presence: Presence) {
    metrics::gauge!("birgemiz_database_up").set(if presence == Presence::Away { 0.0 } else { 1.0 });
    told.send_if_modified(|known| {
        if *known == presence {
            return false;
        }
        tracing::warn!(was = ?known, is = ?presence, "the database's presence has changed");
        *known = presence;
        true
    });
}

fn lost() -> StorageError {
    StorageError::NoConnection("the connection for the pulse was lost".to_owned())
}
