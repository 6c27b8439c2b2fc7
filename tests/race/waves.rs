//! Several server processes ask volunteers, and one of them is killed each second: nobody is asked twice or beyond their
//! budget, no wave is lost, and whatever is due is looked at within five seconds of the last kill.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use birgemiz::clock;
use birgemiz::keys::Keys;
use birgemiz::rest::tokens;
use birgemiz::storage::inspection::Inspection;
use chrono::TimeDelta;
use domain::actor::Role;
use domain::dispatch::Decision;
use domain::id::UserId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fleet::{client, enter_volunteers, file_requests};
use crate::servers::{Bugs, ServerProcess};
use crate::support::World;
use crate::support::postgres::TestDatabase;
use crate::support::seed::Person;

/// Everybody may be asked at any hour, four times a day; waves follow each other as quickly as they may.
const ASKING: &str = "UPDATE policies SET body = jsonb_set(body, '{dispatch}', '{\"mode\": \"waves\", \
    \"match_within_s\": 600, \"rounds\": {\"shortest_s\": 30, \"longest_s\": 60}, \
    \"budget\": {\"per_day\": 4, \"per_week\": 14, \"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}'::jsonb)";

/// As if ten minutes had gone by for all that is waited for.
const LATER: [&str; 2] = [
    "UPDATE pursuits SET next_due = next_due - interval '10 min', last_wave_at = last_wave_at - interval '10 min'",
    "UPDATE offers SET sent_at = sent_at - interval '10 min', expires_at = expires_at - interval '10 min' \
     WHERE status = 'sent'",
];

/// What nobody has looked at although it is time to.
const OVERDUE: &str = "SELECT (SELECT count(*) FROM requests q LEFT JOIN pursuits u ON u.request_id = q.id \
    WHERE q.status = 'open' AND (u.request_id IS NULL OR (u.status = 'pursued' AND u.next_due <= now())))";

/// The servers, and those whom they ask.
struct Town {
    world: World,
    servers: Vec<ServerProcess>,
    users: Vec<UserId>,
}

impl Town {
    async fn prepare(servers: usize, volunteers: usize) -> Self {
        let mut world = World::new().await;
        let users = enter_volunteers(&world, volunteers, 3).await;
        file_requests(&world, 10).await;
        let database = world.database.clone();
        database.ask(ASKING).await;
        database.ask("UPDATE volunteers SET duty_until = now() + interval '1 day'").await;
        // The test's own server would go on while the others are killed.
        world.stop().await;
        let start = |_| ServerProcess::start(&database, world.secrets(), Bugs::NONE);
        let servers = (0..servers).map(start).collect();
        Self { servers, users, world }
    }

    fn kill_one(&mut self, round: usize) {
        let place = round % self.servers.len();
        // It is killed as it is dropped.
        drop(self.servers.remove(place));
        let another = ServerProcess::start(&self.world.database, self.world.secrets(), Bugs::NONE);
        self.servers.insert(place, another);
    }
}

/// Reads what they are asked, accepts one of seven and declines two; calls that break off are nobody's answer.
async fn answers(
    urls: Arc<std::sync::Mutex<Vec<String>>>,
    token: String,
    stop: Arc<AtomicBool>,
    seed: usize,
) {
    let http = client();
    for turn in seed.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let url = {
            let urls = urls.lock().unwrap();
            urls[turn % urls.len()].clone()
        };
        if let Ok(listed) = http.get(format!("{url}/v1/me/offers")).bearer_auth(&token).send().await {
            let listed: Value = listed.json().await.unwrap_or_default();
            for (place, offer) in listed["data"].as_array().into_iter().flatten().enumerate() {
                let (verb, body) = match (turn + place) % 7 {
                    0 => ("accept", json!({})),
                    1 | 2 => ("decline", json!({"reason": "other"})),
                    _ => continue,
                };
                let path = format!("{url}/v1/offers/{}/{verb}", offer["id"].as_str().unwrap());
                if let Ok(told) = http.post(path).bearer_auth(&token).json(&body).send().await {
                    let status = told.status().as_u16();
                    assert!(
                        status < 500 || status == 503,
                        "{status} {}",
                        told.text().await.unwrap_or_default()
                    );
                }
            }
        }
        // waits for: nothing; a person looks now and then.
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// Has one killed each second for so long, while time goes by and people answer.
pub(crate) async fn killed_each_second(servers: usize, seconds: usize) {
    let mut town = Town::prepare(servers, 60).await;
    let keys = Keys::load_or_make(town.world.secrets()).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let urls = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = |town: &Town| town.servers.iter().map(|server| server.url.clone()).collect::<Vec<_>>();
    *urls.lock().unwrap() = told(&town);
    let mut people = JoinSet::new();
    for (seed, user) in town.users.iter().enumerate() {
        let person = Person { user: *user, role: Role::Volunteer };
        let token = tokens::sign(&keys, &person.bearer(), clock::now()).unwrap();
        people.spawn(answers(Arc::clone(&urls), token, Arc::clone(&stop), seed));
    }
    let database = town.world.database.clone();
    let begun = clock::instant();
    let mut kills = 0;
    while clock::since(begun) < Duration::from_secs(seconds as u64) {
        let round = clock::instant();
        for later in LATER {
            database.ask(later).await;
        }
        town.kill_one(kills);
        kills += 1;
        *urls.lock().unwrap() = told(&town);
        // waits for: the second between two kills.
        tokio::time::sleep(Duration::from_secs(1).saturating_sub(clock::since(round))).await;
    }
    let last = clock::instant();
    while database.count(OVERDUE).await > 0 {
        assert!(
            clock::since(last) < Duration::from_secs(5),
            "{} are not looked at",
            database.count(OVERDUE).await
        );
        // waits for: the servers, who look again.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(person) = people.join_next().await {
        person.unwrap();
    }
    assert!(kills >= 3, "{kills} kills in {seconds} s");
    drop(town.servers.drain(..));
    judge(&database).await;
}

/// What must hold, whatever was killed when.
async fn judge(database: &TestDatabase) {
    for (what, sql) in [
        (
            "asked twice about the same",
            "SELECT count(*) FROM (SELECT FROM offers GROUP BY request_id, volunteer_id HAVING count(*) > 1) t",
        ),
        (
            "asked more often than they bear",
            "SELECT count(*) FROM (SELECT FROM offers GROUP BY volunteer_id HAVING count(*) > 4) t",
        ),
        (
            "offers of what is not open",
            "SELECT count(*) FROM offers o JOIN requests q ON q.id = o.request_id WHERE o.status = 'sent' AND q.status <> 'open'",
        ),
        (
            "offers accepted without a claim",
            "SELECT count(*) FROM offers o WHERE o.status = 'accepted' AND NOT EXISTS \
            (SELECT FROM claims c WHERE c.request_id = o.request_id AND c.volunteer_id = o.volunteer_id)",
        ),
        (
            "waves that are not all there",
            "SELECT count(*) FROM dispatch_decisions d WHERE d.outcome = 'ask' AND \
            jsonb_array_length(d.record #> '{decision,ask,asked}') <> (SELECT count(*) FROM offers o WHERE o.decision_id = d.id)",
        ),
        (
            "pursuits that count other waves than there were",
            "SELECT count(*) FROM pursuits u WHERE u.waves <> \
            (SELECT count(*) FROM dispatch_decisions d WHERE d.request_id = u.request_id AND d.outcome = 'ask')",
        ),
        (
            "offers that nobody was told of",
            "SELECT count(*) FROM offers o WHERE 1 <> \
            (SELECT count(*) FROM events e WHERE e.subject_id = o.id AND e.kind = 'offer.sent')",
        ),
        (
            "ends that nobody was told of",
            "SELECT count(*) FROM offers o WHERE o.status <> 'sent' AND 1 <> \
            (SELECT count(*) FROM events e WHERE e.subject_id = o.id AND e.kind = 'offer.' || o.status)",
        ),
    ] {
        assert_eq!(database.count(sql).await, 0, "{what}");
    }
    assert!(
        database.count("SELECT count(*) FROM offers WHERE status = 'accepted'").await > 0,
        "nobody accepted"
    );
    let inspection = Inspection::begin(&database.urls.owner).await.unwrap();
    let (differing, _) = inspection.disagreements(5).await.unwrap();
    assert_eq!(differing, [], "the log tells other lives than the tables");
    let (asked, other) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let period = (clock::now() - TimeDelta::days(1), clock::now() + TimeDelta::days(1));
    inspection
        .decisions(period, None, |record, policy| {
            asked.fetch_add(usize::from(matches!(record.decision, Decision::Ask(_))), Ordering::Relaxed);
            other.fetch_add(usize::from(!record.recomputes(policy)), Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert_eq!(other.into_inner(), 0, "decisions that do not come out as they are kept");
    assert!(asked.into_inner() > 5, "hardly anybody was asked");
}
