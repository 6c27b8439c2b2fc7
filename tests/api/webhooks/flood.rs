//! A great many events: relays killed and side by side, writers that commit late with lower numbers, receivers that
//! flap. Nothing is missing, and of each object everything comes in its order.
//!
//! Small by default; `scripts/soak events` sends a million (`BIRGEMIZ_EVENTS=1000000`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use birgemiz::clock;
use birgemiz::keys::Keys;
use birgemiz::rest::tokens;
use domain::id::EventId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::receiver::{BROKEN, Manner, TAKEN, listen};
use crate::servers::{Bugs, Orders, ServerProcess};
use crate::support::postgres::{self, TestDatabase, try_ask};
use crate::support::run;
use crate::support::seed::Seeded;

/// One receiver for each: one that is well, one that is slow, and two that flap.
const KINDS: [&str; 4] = ["item.created", "kit.created", "hub.created", "invitation.created"];
/// Things that the events of one kind are about.
const OBJECTS: usize = 60;
const WRITERS: usize = 4;
/// Time passes this much faster for retries: what waits for its turn is brought forward.
const HASTE: Duration = Duration::from_millis(250);
/// Longer than anything but a loss can take, a lease that runs out by itself among them.
const NO_PROGRESS: Duration = Duration::from_secs(100);

/// How many events.
fn wanted() -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test may be told its size")]
    std::env::var("BIRGEMIZ_EVENTS").map_or(1_000, |count| count.parse().unwrap())
}

/// What each receiver took, in its order.
#[derive(Default)]
struct Taken {
    ids: Mutex<Vec<String>>,
    calls: AtomicUsize,
}

impl Taken {
    fn count(&self) -> usize {
        self.ids.lock().unwrap().len()
    }
}

/// Listens as the receiver of that place in `KINDS`.
async fn receiver(place: usize) -> (String, Arc<Taken>) {
    let taken = Arc::new(Taken::default());
    let kept = taken.clone();
    let url = listen(move |arrival| {
        let manner = manner(place, kept.calls.fetch_add(1, Ordering::Relaxed));
        if manner.takes() {
            kept.ids.lock().unwrap().push(arrival.id().to_owned());
        }
        manner
    })
    .await;
    (url, taken)
}

fn manner(place: usize, call: usize) -> Manner {
    match (place, call % 200) {
        (1, _) => Manner::Dawdle(Duration::from_millis(5)),
        (2 | 3, _) if call % 100_000 == 50_000 => Manner::Hang,
        // Down for a while, then up for a while.
        (2, 20..30) => BROKEN,
        (2, 120..125) => Manner::Reset,
        (3, 60) => Manner::Answer("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\n"),
        (3, 160) => Manner::Answer("HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"),
        _ => TAKEN,
    }
}

struct Flood {
    database: TestDatabase,
    seeded: Seeded,
    secrets: std::path::PathBuf,
    taken: Vec<Arc<Taken>>,
    total: usize,
}

impl Flood {
    async fn prepare() -> Self {
        let database = TestDatabase::migrated().await;
        let seeded = Seeded::plant(&database).await;
        let secrets = postgres::folder("flood-secrets");
        Self { database, seeded, secrets, taken: Vec::new(), total: wanted() }
    }

    fn server(&self) -> ServerProcess {
        let orders = Orders {
            urls: &self.database.urls,
            secrets: &self.secrets,
            pool: 12,
            pool_wait_ms: 30_000,
            bugs: Bugs::NONE,
            crash_point: String::new(),
            log: None,
        };
        ServerProcess::start_with(&orders).unwrap()
    }

    /// Makes the endpoints of organisation A.
    async fn subscribe(&mut self, server: &ServerProcess) {
        let keys = Keys::load_or_make(&self.secrets).unwrap();
        let bearer = self.seeded.a.coordinator.bearer();
        let token = tokens::sign(&keys, &bearer, clock::now()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for (place, kind) in KINDS.iter().enumerate() {
            let (url, taken) = receiver(place).await;
            let body = json!({"url": url, "events": [kind]});
            let path = format!("{}/v1/webhook-endpoints", server.url);
            let answer = http.post(path).bearer_auth(&token).json(&body).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 201);
            let _: Value = answer.json().await.unwrap();
            self.taken.push(taken);
        }
    }

    /// Writes its share of the events, some of it late: others with higher numbers have been committed by then.
    async fn write(database: TestDatabase, organisation: uuid::Uuid, share: usize) {
        let batch = (share / 200).clamp(1, 200);
        let mut written = 0;
        while written < share {
            let count = batch.min(share - written);
            let kind = KINDS[(written / batch) % KINDS.len()];
            let pause = if written / batch % 8 == 3 { "SELECT pg_sleep(0.1);" } else { "" };
            let subject = kind.split_once('.').unwrap().0;
            let sql = format!(
                "BEGIN; INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, changes) \
                 SELECT gen_random_uuid(), now(), '{kind}', '{organisation}', '{subject}', \
                   ('00000000-0000-4000-8000-' || lpad(to_hex(floor(random() * {OBJECTS})::int), 12, '0'))::uuid, \
                   'system', '[]' FROM generate_series(1, {count}); {pause} COMMIT"
            );
            database.ask(&sql).await;
            written += count;
        }
    }

    /// Lets retries come due before their time, as long as it is polled.
    async fn hasten(database: TestDatabase) {
        let mut ticks = tokio::time::interval(HASTE);
        loop {
            ticks.tick().await;
            for sql in [
                "UPDATE webhook_messages SET next_attempt_at = now() \
                 WHERE endpoint_id IN (SELECT id FROM webhook_endpoints) AND state = 'waiting' AND next_attempt_at > now()",
                "UPDATE webhook_endpoints SET paused_until = now() WHERE paused_until > now()",
            ] {
                // Two who meet are told apart by Postgres; the next time does it.
                let _ = try_ask(&database.urls.owner, sql).await;
            }
        }
    }

    fn count(&self) -> usize {
        self.taken.iter().map(|taken| taken.count()).sum()
    }

    /// Waits until so many deliveries were taken.
    async fn has_taken(&self, count: usize) {
        let (mut before, mut since) = (self.count(), clock::instant());
        while before < count {
            // waits for: deliveries by the servers, which tell nobody
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = self.count();
            if now / 100_000 > before / 100_000 {
                println!("{now} of {} deliveries were taken", self.total);
            }
            if now > before {
                (before, since) = (now, clock::instant());
            }
            assert!(clock::since(since) < NO_PROGRESS, "{before} of {count} were taken, and then no more");
        }
    }

    /// The log as it is: for each kind its events in order, each with what it is about.
    async fn log(&self) -> HashMap<String, Vec<(String, String)>> {
        let sql = format!(
            "SELECT kind, id, subject_id FROM events e WHERE kind IN ('{}') AND actor_kind = 'system' ORDER BY e.xid, e.seq",
            KINDS.join("','")
        );
        let mut log: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for mut row in self.database.ask(&sql).await {
            let mut text = |column: usize| row[column].take().unwrap();
            let (kind, id, about) = (text(0), text(1), text(2));
            log.entry(kind).or_default().push((EventId::new(id.parse().unwrap()).to_string(), about));
        }
        log
    }

    /// What is missing, and what came before something earlier about the same thing.
    async fn violations(&self) -> Vec<String> {
        let log = self.log().await;
        assert_eq!(log.values().map(Vec::len).sum::<usize>(), self.total);
        let mut found = Vec::new();
        for (kind, taken) in KINDS.iter().zip(&self.taken) {
            let mut first: HashMap<String, usize> = HashMap::new();
            for (place, id) in taken.ids.lock().unwrap().iter().enumerate() {
                first.entry(id.clone()).or_insert(place);
            }
            let mut last_of: HashMap<&str, usize> = HashMap::new();
            for (id, about) in &log[*kind] {
                match (first.get(id), last_of.get(about.as_str())) {
                    (None, _) => found.push(format!("{kind} {id} is missing")),
                    (Some(here), Some(before)) if here < before => {
                        found.push(format!("{kind} {id} came before an earlier one"));
                    }
                    (Some(here), _) => drop(last_of.insert(about, *here)),
                }
            }
        }
        found
    }

    /// Takes the receivers from whoever serves them, dead or alive, as if their lease had run out.
    async fn end_leases(&self) {
        self.database.ask("UPDATE webhook_endpoints SET leased_until = now() - interval '1 second'").await;
    }
}

#[test]
fn a_flood_loses_nothing_and_keeps_the_order_of_each_object() {
    run(async {
        let mut flood = Flood::prepare().await;
        let first = flood.server();
        flood.subscribe(&first).await;
        let mut others = JoinSet::new();
        others.spawn(Flood::hasten(flood.database.clone()));
        let organisation = flood.seeded.a.id.uuid();
        let writers: Vec<_> = (0..WRITERS)
            .map(|place| {
                let share = flood.total / WRITERS + usize::from(place < flood.total % WRITERS);
                tokio::spawn(Flood::write(flood.database.clone(), organisation, share))
            })
            .collect();
        flood.has_taken(flood.total / 5).await;
        // Killed in the middle of deliveries that it has not written down.
        drop(first);
        flood.end_leases().await;
        let (second, third) = (flood.server(), flood.server());
        for part in 3..=8 {
            flood.has_taken(flood.total * part / 10).await;
            // Whoever serves now is overtaken by the other, and both are at it for a moment.
            flood.end_leases().await;
        }
        drop(second);
        flood.end_leases().await;
        for writer in writers {
            writer.await.unwrap();
        }
        let waiting = "SELECT count(*) FROM webhook_messages WHERE state <> 'delivered'";
        flood.has_taken(flood.total).await;
        flood.until_none(waiting).await;
        drop(third);
        let violations = flood.violations().await;
        assert!(
            violations.is_empty(),
            "{} violations: {:#?}",
            violations.len(),
            &violations[..violations.len().min(10)]
        );
        println!("{} events, {} deliveries taken: none missing, order kept", flood.total, flood.count());
        flood.database.drop_now().await;
    });
}

impl Flood {
    /// Waits until a count is none, and everything of the log was taken.
    async fn until_none(&self, counted: &str) {
        let began = clock::instant();
        loop {
            let delivered = self.database.count("SELECT count(*) FROM webhook_messages").await;
            if self.database.count(counted).await == 0 && delivered >= i64::try_from(self.total).unwrap() {
                return;
            }
            assert!(
                clock::since(began) < NO_PROGRESS,
                "not everything was taken from the log, delivered and written down"
            );
            // waits for: the last attempts to be written down
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
