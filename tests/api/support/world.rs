//! The real service on a database of its own, and the people who call it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use birgemiz::app::App;
use birgemiz::clock;
use birgemiz::config::{
    DatabaseSettings, MailSettings, QuotaSettings, ServeSettings, StopSettings, StreamSettings,
    WebhookSettings,
};
use birgemiz::rest::tokens::{self, Bearer};
use birgemiz::startup::{self, Running, Started, StartupError, Stopped};
use domain::actor::Scope;
use domain::id::PartnerId;
use serde_json::{Value, json};

use super::caller::Caller;
use super::postgres::{self, TestDatabase};
use super::seed::{self, Person, Seeded};

/// A service that runs on the seeded database.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) seeded: Seeded,
    service: Service,
}

/// A service that was started on an empty database: it has made its tables and knows nobody.
pub(crate) struct Bare {
    pub(crate) database: TestDatabase,
    service: Service,
}

impl Bare {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with the quotas that are usual.
    pub(crate) async fn limited() -> Self {
        Self::with(|settings| settings.quotas = QuotaSettings::default()).await
    }

    async fn with(set: impl FnOnce(&mut ServeSettings)) -> Self {
        let database = TestDatabase::empty().await;
        let service = Service::start(&database, set).await;
        Self { database, service }
    }

    pub(crate) fn nobody(&self) -> Caller {
        self.service.caller(None)
    }

    /// The secret part of the link that is told to whoever started the service.
    pub(crate) fn first_administrators_token(&self) -> &str {
        let link = self.service.started().first_administrator.as_deref().unwrap();
        link.split_once("/setup#").unwrap().1
    }
}

/// A running service that is stopped, and whose database is dropped, when nobody has it any more.
struct Service {
    running: Option<Running>,
    database: TestDatabase,
    http: reqwest::Client,
    secrets: PathBuf,
}

impl World {
    /// Everybody's password; their addresses are in `seed`.
    pub(crate) const PASSWORD: &str = seed::PASSWORD;
    /// Every partner's secret.
    pub(crate) const PARTNER_SECRET: &str = seed::PARTNER_SECRET;

    /// Seeds a fresh database and starts the service on it.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with settings of the test's own.
    pub(crate) async fn with(set: impl FnOnce(&mut ServeSettings)) -> Self {
        let database = TestDatabase::migrated().await;
        let seeded = Seeded::plant(&database).await;
        let service = Service::start(&database, set).await;
        Self { database, seeded, service }
    }

    /// One more server of the same deployment.
    pub(crate) async fn beside(&self, set: impl FnOnce(&mut ServeSettings)) -> Beside {
        let mut settings = settings(&self.database, self.service.secrets.clone());
        set(&mut settings);
        Beside { running: Some(startup::launch(&settings, &self.database.urls).await.unwrap()) }
    }

    /// The same, where it may refuse to start.
    pub(crate) async fn try_beside(&self) -> Result<Beside, StartupError> {
        self.try_beside_with(|_| {}).await
    }

    /// The same, with settings of the test's own.
    pub(crate) async fn try_beside_with(
        &self,
        set: impl FnOnce(&mut ServeSettings),
    ) -> Result<Beside, StartupError> {
        let mut settings = settings(&self.database, self.service.secrets.clone());
        set(&mut settings);
        let running = startup::launch(&settings, &self.database.urls).await?;
        Ok(Beside { running: Some(running) })
    }

    pub(crate) fn app(&self) -> &App {
        &self.service.running().app
    }

    /// Where the service keeps its keys.
    pub(crate) fn secrets(&self) -> &Path {
        &self.service.secrets
    }

    /// Stops the service as SIGTERM does; the database stays until the world goes.
    pub(crate) async fn stop(&mut self) -> Stopped {
        self.service.running.take().unwrap().stop().await
    }

    pub(crate) fn nobody(&self) -> Caller {
        self.service.caller(None)
    }

    pub(crate) fn administrator_of_a(&self) -> Caller {
        self.person(self.seeded.a.administrator)
    }

    pub(crate) fn coordinator_of_a(&self) -> Caller {
        self.person(self.seeded.a.coordinator)
    }

    pub(crate) fn coordinator_of_b(&self) -> Caller {
        self.person(self.seeded.b.coordinator)
    }

    pub(crate) fn volunteer_of_a(&self) -> Caller {
        self.person(self.seeded.a.volunteers[0].person)
    }

    pub(crate) fn second_volunteer_of_a(&self) -> Caller {
        self.person(self.seeded.a.volunteers[1].person)
    }

    /// A volunteer of organisation A who has nothing to do with anything yet: their id, and they.
    pub(crate) async fn third_volunteer_of_a(&self) -> (String, Caller) {
        let third = Seeded::add_volunteer(&self.database, self.seeded.a.id, self.seeded.area).await;
        (third.id.to_string(), self.person(third.person))
    }

    pub(crate) fn volunteer_of_b(&self) -> Caller {
        self.person(self.seeded.b.volunteers[0].person)
    }

    pub(crate) fn partner_of_a(&self) -> Caller {
        self.partner(self.seeded.a.partner)
    }

    pub(crate) fn partner_of_b(&self) -> Caller {
        self.partner(self.seeded.b.partner)
    }

    /// A person with a token as the service itself signs it.
    pub(crate) fn person(&self, person: Person) -> Caller {
        self.service.caller(Some(self.sign(&person.bearer())))
    }

    /// Logs everybody in whom a test has entered by itself.
    pub(crate) async fn log_everybody_in(&self) {
        self.database.ask(seed::LOG_EVERYBODY_IN).await;
    }

    /// A partner app with every scope.
    pub(crate) fn partner(&self, partner: PartnerId) -> Caller {
        self.partner_that_may(partner, Scope::ALL)
    }

    /// A partner app with these scopes only.
    pub(crate) fn partner_that_may(&self, partner: PartnerId, scopes: &[Scope]) -> Caller {
        let scopes = scopes.to_vec();
        let caller = self.service.caller(Some(self.sign(&Bearer::Partner { partner, scopes })));
        Caller { always_sends_keys: true, ..caller }
    }

    pub(crate) fn sign(&self, bearer: &Bearer) -> String {
        tokens::sign(&self.app().keys, bearer, clock::now()).unwrap()
    }

    /// A household's body that may be registered as it is: at a door in the middle of Almaty.
    pub(crate) fn household(&self) -> Value {
        json!({
            "area_id": self.seeded.area.to_string(),
            "members": 2,
            "categories": ["elderly_alone"],
            "languages": ["kk", "ru"],
            "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
            "door": {
                "name": "Raushan Akhmetova",
                "phone": "+77010000001",
                "street": "Abay Avenue",
                "house": "150/230",
                "flat": "17",
                "position": {"lat": 43.238949, "lon": 76.889709},
                "notes": "Knock twice"
            }
        })
    }

    /// A request's body for that household: one basket.
    pub(crate) fn request(&self, household: &str) -> Value {
        json!({
            "household_id": household,
            "kind": "delivery",
            "lines": [{"kit_id": self.seeded.kit.to_string(), "quantity": 1}],
            "note": "The lift is broken"
        })
    }

    /// A household of organisation A's partner, verified; its id.
    pub(crate) async fn verified_household(&self) -> String {
        let household = self.partner_of_a().post("/v1/households", self.household()).await.expect(201);
        let id = household["id"].as_str().unwrap().to_owned();
        self.coordinator_of_a().post(&format!("/v1/households/{id}/verify"), json!({})).await.expect(200);
        id
    }

    /// An open request of organisation A's partner; its id and its phrase.
    pub(crate) async fn open_request(&self) -> (String, String) {
        let household = self.verified_household().await;
        let filed = self.partner_of_a().post("/v1/requests", self.request(&household)).await.expect(201);
        assert_eq!(filed["status"], "open");
        let text = |field: &str| filed[field].as_str().unwrap().to_owned();
        (text("id"), text("phrase"))
    }
}

/// How servers of tests run, unless a test says otherwise.
fn settings(database: &TestDatabase, secrets: PathBuf) -> ServeSettings {
    ServeSettings {
        database: DatabaseSettings {
            database_url: Some(database.urls.service.clone()),
            owner_database_url: Some(database.urls.owner.clone()),
            data_dir: None,
            postgres_bin: None,
            pool_size: 8,
            // However busy the machine is, nobody here is turned away for it.
            pool_wait_ms: 30_000,
        },
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        public_url: None,
        audit_folder: Some(postgres::folder("audit")),
        secrets_dir: Some(secrets),
        workers: 2,
        stopping: StopSettings::default(),
        // The receivers of tests listen on this machine.
        webhooks: WebhookSettings { webhook_allow_loopback: true },
        mail: MailSettings { mail_folder: Some(postgres::folder("mail")), ..MailSettings::default() },
        quotas: QuotaSettings::NONE,
        streams: StreamSettings::default(),
        trusted_proxies: None,
        public_hosts: None,
    }
}

impl Service {
    async fn start(database: &TestDatabase, set: impl FnOnce(&mut ServeSettings)) -> Self {
        let secrets = postgres::folder("secrets");
        let mut settings = settings(database, secrets.clone());
        set(&mut settings);
        let running = startup::launch(&settings, &database.urls).await.unwrap();
        // No keep-alive across tests, and no proxy of the machine's between us and the service. A connection is not
        // used again when the service may be about to close it: it does so after five seconds.
        let idle = Duration::from_secs(1);
        let http = reqwest::Client::builder().no_proxy().pool_idle_timeout(idle).build().unwrap();
        Self { running: Some(running), database: database.clone(), http, secrets }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    fn started(&self) -> &Started {
        &self.running().started
    }

    fn caller(&self, token: Option<String>) -> Caller {
        Caller { http: self.http.clone(), url: self.started().url.clone(), token, always_sends_keys: false }
    }
}

/// A server that runs beside a world's own, on its database.
pub(crate) struct Beside {
    running: Option<Running>,
}

impl Beside {
    pub(crate) fn app(&self) -> &App {
        &self.running.as_ref().unwrap().app
    }

    /// The same caller, who calls this server.
    pub(crate) fn called_by(&self, caller: &Caller) -> Caller {
        Caller { url: self.running.as_ref().unwrap().started.url.clone(), ..caller.clone() }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let running = self.running.take();
        postgres::later(async move {
            if let Some(running) = running {
                running.stop().await;
            }
        });
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let (running, database) = (self.running.take(), self.database.clone());
        postgres::later(async move {
            if let Some(running) = running {
                running.stop().await;
            }
            database.drop_now().await;
        });
    }
}
