//! Somebody else's transaction: what is held or changed while a call is under way.

use std::time::Duration;

use birgemiz::clock;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};

use super::World;

/// Somebody else's transaction on the same database.
pub(crate) struct Other {
    client: Client,
    driver: JoinHandle<()>,
}

impl Other {
    /// Begins one, and does that in it.
    pub(crate) async fn doing(world: &World, sql: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(&world.database.urls.owner, NoTls).await.unwrap();
        let driver = tokio::spawn(async move {
            connection.await.unwrap();
        });
        client.batch_execute(&format!("BEGIN; {sql}")).await.unwrap();
        Self { client, driver }
    }

    pub(crate) async fn commits(self) {
        self.client.batch_execute("COMMIT").await.unwrap();
        drop(self.client);
        self.driver.await.unwrap();
    }
}

/// Returns when all that happened is told: transactions of others on the same server hide what came after them.
pub(crate) async fn all_is_told(world: &World) {
    const HIDDEN: &str = "SELECT count(*) FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())";
    let begun = clock::instant();
    while world.database.count(HIDDEN).await > 0 {
        assert!(clock::since(begun) < Duration::from_secs(30), "somebody hides what happens");
        tokio::task::yield_now().await;
    }
}

/// Returns when so many wait for a lock on a row.
pub(crate) async fn waiting(world: &World, sessions: i64) {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let begun = clock::instant();
    while world.database.count(WAITING).await < sessions {
        assert!(clock::since(begun) < Duration::from_secs(10), "nobody waits");
        tokio::task::yield_now().await;
    }
}
