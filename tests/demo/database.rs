//! Looks into the demo's own database, as the owner of its tables.

use std::time::Duration;

use birgemiz::storage::embedded::{RunningPostgres, Settings};
use tokio_postgres::{Client, NoTls};

use crate::server::Place;

pub(crate) struct Database(Client);

pub(crate) async fn open(place: &Place) -> Database {
    try_open(place).await.unwrap()
}

/// None where there is no such database yet.
pub(crate) async fn try_open(place: &Place) -> Option<Database> {
    let running = RunningPostgres::find(&Settings::new(place.folder().join("postgres"))).ok()?;
    let (client, connection) =
        tokio_postgres::connect(&running.url("postgres", "birgemiz"), NoTls).await.ok()?;
    tokio::spawn(connection);
    Some(Database(client))
}

impl Database {
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.0.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
    }

    /// None where there is no such table yet.
    pub(crate) async fn count_if_there(&self, sql: &str) -> Option<i64> {
        self.0.query_one(sql, &[]).await.ok().map(|row| row.get(0))
    }

    pub(crate) async fn comes_to_be_more(&self, sql: &str, than: i64) {
        let limit = Duration::from_secs(120);
        let started = birgemiz::clock::instant();
        while self.count(sql).await <= than {
            assert!(birgemiz::clock::since(started) < limit, "{sql}: not more than {than} in {limit:?}");
            // waits for: what the city's people do, of which nothing here is told.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}
