//! A city to be struck: a Postgres and a server of its own, people, a household, and how it recovers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use birgemiz::clock;
use birgemiz::keys::Keys;
use birgemiz::rest::tokens::Bearer;
use birgemiz::startup::DatabaseUrls;
use birgemiz::storage::migrations;
use domain::actor::{Role, Scope};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::calls::{Client, Operation, Reply, new_key};
use crate::engine::Engine;
use crate::servers::{Bugs, Orders, ServerProcess};
use crate::support::postgres::{self, TestDatabase};
use crate::support::seed::{Person, Seeded};

/// The longest that a city may be away after it was struck.
pub(crate) const BACK_WITHIN: Duration = Duration::from_secs(5);
const VOLUNTEERS: usize = 6;
/// As few as leave some waiting: a busy pool is where connections are reused and fought for.
const CONNECTIONS: u32 = 8;

/// A city.
pub(crate) struct City {
    pub(crate) engine: Engine,
    pub(crate) database: TestDatabase,
    pub(crate) keys: Arc<Keys>,
    pub(crate) client: Client,
    pub(crate) partner: Bearer,
    pub(crate) volunteers: Vec<Bearer>,
    seeded: Seeded,
    household: String,
    secrets: PathBuf,
    bugs: Bugs,
    pool_wait_ms: u32,
    server: Mutex<Option<ServerProcess>>,
    url: RwLock<String>,
    /// Where the server finds the database: straight, or by a detour.
    way: RwLock<DatabaseUrls>,
}

impl City {
    pub(crate) async fn new(bugs: Bugs) -> Self {
        // This is about who was told what, not about who waits longest.
        Self::waiting(bugs, 30_000).await
    }

    /// One whose callers wait so long for a database connection.
    pub(crate) async fn waiting(bugs: Bugs, pool_wait_ms: u32) -> Self {
        let engine = Engine::start().await;
        let urls = engine.urls.clone();
        migrations::migrate(&urls.owner).await.unwrap();
        let database = TestDatabase { name: "city".to_owned(), urls: urls.clone() };
        let seeded = Seeded::plant(&database).await;
        let volunteers = settle_volunteers(&database, &seeded).await;
        let secrets = postgres::folder("crash-secrets");
        let keys = Arc::new(Keys::load_or_make(&secrets).unwrap());
        let mut city = Self {
            engine,
            database,
            client: Client::new(keys.clone()),
            keys,
            partner: Bearer::Partner { partner: seeded.a.partner, scopes: Scope::ALL.to_vec() },
            volunteers,
            seeded,
            household: String::new(),
            secrets,
            bugs,
            pool_wait_ms,
            server: Mutex::default(),
            url: RwLock::default(),
            way: RwLock::new(urls),
        };
        city.start();
        city.household = city.settle_household().await;
        city
    }

    pub(crate) fn url(&self) -> String {
        self.url.read().unwrap().clone()
    }

    /// Starts a server where none runs.
    pub(crate) fn start(&self) {
        assert!(self.start_to_end_at(""), "the server ended without serving; see {}", self.log().display());
    }

    /// The same, to end at a crash point; whether it came so far as to serve.
    pub(crate) fn start_to_end_at(&self, crash_point: &str) -> bool {
        let way = self.way.read().unwrap().clone();
        let server = ServerProcess::start_with(&Orders {
            urls: &way,
            secrets: &self.secrets,
            pool: CONNECTIONS,
            pool_wait_ms: self.pool_wait_ms,
            bugs: self.bugs,
            crash_point: crash_point.to_owned(),
            log: Some(&self.log()),
        });
        let serves = server.is_some();
        if let Some(server) = &server {
            self.url.write().unwrap().clone_from(&server.url);
        }
        *self.server.lock().unwrap() = server;
        serves
    }

    fn log(&self) -> PathBuf {
        self.secrets.with_extension("log")
    }

    /// Ends the server as `kill -9` does.
    pub(crate) fn kill_server(&self) {
        *self.server.lock().unwrap() = None;
    }

    /// Tells the server to end, and waits until it has; whether it ended well.
    pub(crate) async fn terminate_server(&self) -> bool {
        self.server.lock().unwrap().as_ref().unwrap().signal(Signal::TERM);
        let limit = Duration::from_secs(40);
        until(limit, "the server ends after SIGTERM", async || self.server_has_ended()).await;
        let mut server = self.server.lock().unwrap().take().unwrap();
        server.ended().unwrap().success()
    }

    /// The process that serves.
    pub(crate) fn server_process(&self) -> u32 {
        self.server.lock().unwrap().as_ref().unwrap().id()
    }

    /// Whether it ended by itself.
    pub(crate) fn server_has_ended(&self) -> bool {
        self.server.lock().unwrap().as_mut().is_none_or(|server| server.ended().is_some())
    }

    /// From now on servers find the database there.
    pub(crate) fn lead_to_the_database_by(&self, port: u16) {
        let service = format!("postgres://birgemiz_app@127.0.0.1:{port}/city");
        self.way.write().unwrap().service = service;
    }

    /// Waits until a request can be filed again and the service calls itself ready. Answers how long it took.
    pub(crate) async fn is_back(&self) -> Duration {
        until(BACK_WITHIN, "the city is back", async || {
            let filed = self.client.send(&self.url(), &self.submission()).await;
            filed.is_ok_and(|reply| reply.status == 201)
                && self.client.look(&self.url(), "/health/ready").await == Some(200)
        })
        .await
    }

    /// A request's filing under a new key, which is also the partner's name for it.
    pub(crate) fn submission(&self) -> Operation {
        let key = new_key();
        let body = json!({
            "household_id": self.household,
            "external_id": key,
            "kind": "delivery",
            "lines": [{"kit_id": self.seeded.kit.to_string(), "quantity": 1}],
        });
        Operation { who: self.partner.clone(), path: "/v1/requests".to_owned(), body, key }
    }

    /// The area in which the city lies.
    pub(crate) fn area(&self) -> String {
        self.seeded.area.to_string()
    }

    /// Files a request and answers its id.
    pub(crate) async fn open_request(&self) -> String {
        let filed = self.settled(&self.submission()).await;
        assert_eq!((filed.status, &filed.body["status"]), (201, &json!("open")), "{}", filed.body);
        filed.body["id"].as_str().unwrap().to_owned()
    }

    /// The code of an invitation by which many may register.
    pub(crate) async fn invitation(&self) -> String {
        let until = clock::now() + chrono::TimeDelta::days(1);
        let body = json!({"area_id": self.area(), "max_uses": 10_000, "expires_at": until});
        let call = Operation::new(&person(self.seeded.a.coordinator), "/v1/invitations", body);
        self.settled(&call).await.body["code"].as_str().unwrap().to_owned()
    }

    /// A claim on that request by the n-th volunteer.
    pub(crate) fn claim(&self, request: &str, volunteer: usize) -> Operation {
        let who = &self.volunteers[volunteer % self.volunteers.len()];
        Operation::new(who, format!("/v1/requests/{request}/claim"), json!({}))
    }

    /// Sends a call until it has its answer.
    pub(crate) async fn settled(&self, call: &Operation) -> Reply {
        let (limit, started) = (Duration::from_secs(20), clock::instant());
        let mut tries = tokio::time::interval(Duration::from_millis(10));
        while clock::since(started) < limit {
            tries.tick().await;
            if let Some(reply) = self.client.send(&self.url(), call).await.ok().filter(Reply::is_final) {
                return reply;
            }
        }
        panic!("{} has no answer after {limit:?}", call.path);
    }

    async fn settle_household(&self) -> String {
        let body = json!({
            "area_id": self.seeded.area.to_string(),
            "members": 2,
            "categories": ["elderly_alone"],
            "languages": ["kk"],
            "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
            "door": {
                "name": "Raushan Akhmetova",
                "street": "Abay Avenue",
                "house": "150",
                "position": {"lat": 43.238949, "lon": 76.889709},
            }
        });
        let household = self.settled(&Operation::new(&self.partner, "/v1/households", body)).await.body;
        let id = household["id"].as_str().unwrap_or_else(|| panic!("{household}")).to_owned();
        let coordinator = person(self.seeded.a.coordinator);
        let verify = Operation::new(&coordinator, format!("/v1/households/{id}/verify"), json!({}));
        assert_eq!(self.settled(&verify).await.status, 200);
        id
    }
}

/// Where goods for that household are left.
pub(crate) fn at_the_door() -> Value {
    json!({"lat": 43.238949, "lon": 76.889709})
}

fn person(person: Person) -> Bearer {
    person.bearer()
}

/// Volunteers who may hold any number of claims.
async fn settle_volunteers(database: &TestDatabase, seeded: &Seeded) -> Vec<Bearer> {
    let mut all = Vec::new();
    for _ in 0..VOLUNTEERS {
        let volunteer = Seeded::add_volunteer(database, seeded.a.id, seeded.area).await;
        assert_eq!(volunteer.person.role, Role::Volunteer);
        all.push(person(volunteer.person));
    }
    database.ask("UPDATE volunteers SET claim_limit = 10000").await;
    all
}

/// Looks again and again until that holds; how long it took. Fails when it takes longer than `limit`.
pub(crate) async fn until(limit: Duration, what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let started = clock::instant();
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    loop {
        looks.tick().await;
        if holds().await {
            let took = clock::since(started);
            assert!(took <= limit, "{what}: only after {took:?}, not within {limit:?}");
            return took;
        }
        assert!(clock::since(started) <= limit, "{what}: not within {limit:?}");
    }
}
