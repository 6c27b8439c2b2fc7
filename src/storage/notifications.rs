//! Tells other processes that something was committed, and hears it from them, by LISTEN and NOTIFY
//! on one connection of its own.
//!
//! Telling is never part of a business transaction: there it would make all commits wait for each
//! other. A notification that is lost costs a moment, for every follower also looks by itself.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;
use tokio_postgres::{AsyncMessage, Client};

use super::database::ActingRole;
use super::{Database, StorageError};
use crate::clock;

/// What the processes of a deployment call each other on.
const CHANNEL: &str = "birgemiz_events";

/// Commits this close together are told at once. Short against what a follower needs to look.
const COALESCE: Duration = Duration::from_millis(5);

/// How long to wait before a lost connection is made anew.
const RECONNECT: Duration = Duration::from_secs(1);

/// Nothing rests on a notification being durable, so it waits for no disk.
const SESSION: &str = "SET synchronous_commit = off; SET statement_timeout = '5s'; \
    SET application_name = 'birgemiz notifications';";

/// Tells each of `own_commits` to other processes and calls `heard` for each of theirs, for ever.
///
/// `heard` is also called after every connection that was made anew: something may have been missed.
pub async fn carry(
    database: Database,
    mut own_commits: watch::Receiver<u64>,
    heard: impl Fn() + Send + Sync + 'static,
) {
    // By this a process knows its own voice and does not answer itself.
    let voice = clock::new_id().to_string();
    loop {
        if let Err(error) = converse(&database, &voice, &mut own_commits, &heard).await {
            tracing::warn!(%error, "notifications are interrupted; polling goes on");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn converse(
    database: &Database,
    voice: &str,
    own_commits: &mut watch::Receiver<u64>,
    heard: &(impl Fn() + Sync),
) -> Result<(), StorageError> {
    let (client, mut connection) = database.own_client(ActingRole::App).await?;
    let messages = stream::poll_fn(move |context| connection.poll_message(context));
    tokio::select! {
        ended = hear(messages, voice, heard) => ended,
        ended = tell(&client, voice, own_commits, heard) => ended,
    }
}

/// Drives the connection; whatever is told on it needs this to run beside.
async fn hear(
    messages: impl stream::Stream<Item = Result<AsyncMessage, tokio_postgres::Error>>,
    voice: &str,
    heard: &impl Fn(),
) -> Result<(), StorageError> {
    let mut messages = std::pin::pin!(messages);
    while let Some(message) = messages.next().await {
        if let AsyncMessage::Notification(told) = message.map_err(lost)?
            && told.payload() != voice
        {
            heard();
        }
    }
    Err(StorageError::NoConnection("it was closed".to_owned()))
}

async fn tell(
    client: &Client,
    voice: &str,
    own_commits: &mut watch::Receiver<u64>,
    heard: &impl Fn(),
) -> Result<(), StorageError> {
    client.batch_execute(&format!("{SESSION} LISTEN {CHANNEL};")).await.map_err(lost)?;
    heard();
    while own_commits.changed().await.is_ok() {
        client.batch_execute(&format!("NOTIFY {CHANNEL}, '{voice}'")).await.map_err(lost)?;
        tokio::time::sleep(COALESCE).await;
    }
    Ok(())
}

/// Only the fact is kept: the client's own words may name hosts and users.
fn lost(_: tokio_postgres::Error) -> StorageError {
    StorageError::NoConnection("the connection for notifications was lost".to_owned())
}
