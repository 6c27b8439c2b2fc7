//! A small town on a Postgres of its own: one household, a volunteer, a newcomer, two coordinators.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use birgemiz::config::{
    DatabaseSettings, MailSettings, QuotaSettings, ServeSettings, StopSettings, StreamSettings,
    WebhookSettings,
};
use birgemiz::startup::{DatabaseUrls, Running, launch};
use birgemiz::storage::database;
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

pub(crate) const HOUSEHOLD: Uuid = Uuid::from_u128(7);
pub(crate) const ITEM: Uuid = Uuid::from_u128(8);
pub(crate) const COORDINATOR: Uuid = Uuid::from_u128(10);
pub(crate) const VOLUNTEER_USER: Uuid = Uuid::from_u128(11);
pub(crate) const NEWCOMER_USER: Uuid = Uuid::from_u128(12);
pub(crate) const STRANGER: Uuid = Uuid::from_u128(13);
pub(crate) const NEWCOMER: Uuid = Uuid::from_u128(22);
pub(crate) const VOLUNTEER: Uuid = Uuid::from_u128(21);

/// What the town is made of. Ids are small numbers: 1 the organisation, 2 another, 3 the campaign, 4 the area.
const TOWN: &str = include_str!("town.sql");

pub(crate) struct Town {
    postgres: EmbeddedPostgres,
    folder: PathBuf,
}

impl Town {
    pub(crate) fn build() -> Self {
        let folder = std::env::temp_dir().join(format!("birgemiz-town-{}", birgemiz::clock::new_id()));
        let postgres = EmbeddedPostgres::start(&Settings::new(folder.join("postgres"))).unwrap();
        Self { postgres, folder }
    }

    pub(crate) fn tear_down(self) {
        self.postgres.stop();
        std::fs::remove_dir_all(self.folder).unwrap();
    }

    /// One more process of the deployment, as far as a test can have several.
    pub(crate) async fn launch(&self) -> Running {
        database::ensure_exists(&self.postgres.url("postgres", "postgres"), "town").await.unwrap();
        let settings = ServeSettings {
            database: DatabaseSettings {
                database_url: None,
                owner_database_url: None,
                data_dir: Some(self.folder.clone()),
                postgres_bin: None,
                pool_size: 8,
                // However busy the machine is, nobody here is turned away for it.
                pool_wait_ms: 30_000,
            },
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            audit_folder: None,
            secrets_dir: Some(self.folder.join("secrets")),
            workers: 1,
            stopping: StopSettings::default(),
            webhooks: WebhookSettings::default(),
            mail: MailSettings::default(),
            quotas: QuotaSettings::NONE,
            streams: StreamSettings::default(),
            trusted_proxies: None,
            public_hosts: None,
        };
        let urls = DatabaseUrls {
            service: self.postgres.url(database::SERVICE_ROLE, "town"),
            owner: self.postgres.url("postgres", "town"),
        };
        launch(&settings, &urls).await.unwrap()
    }

    /// Fills the town, and tells of it in the log.
    pub(crate) async fn furnish(&self) {
        self.run(TOWN).await;
    }

    /// Lets the campaign's clock run ahead.
    pub(crate) async fn advance_clock(&self, by: &str) {
        // Real time never moves: for this town alone it does.
        self.run("ALTER TABLE campaigns DROP CONSTRAINT IF EXISTS campaigns_clock").await;
        self.run(&format!("UPDATE campaigns SET clock_offset_s = extract(epoch FROM interval '{by}')")).await;
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.client().await.batch_execute(sql).await.unwrap();
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.client().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    pub(crate) async fn client(&self) -> Client {
        let (client, connection) =
            tokio_postgres::connect(&self.postgres.url("postgres", "town"), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}
