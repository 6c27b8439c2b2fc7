//! The volunteers who race, and the requests they are after.

use std::collections::BTreeMap;

use birgemiz::clock;
use birgemiz::keys::Keys;
use birgemiz::rest::tokens;
use domain::actor::Role;
use domain::id::UserId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::servers::{Bugs, ServerProcess};
use crate::support::World;
use crate::support::postgres::TestDatabase;
use crate::support::seed::Person;

/// Two servers, their volunteers, and open requests.
pub(crate) struct Race {
    pub(crate) database: TestDatabase,
    servers: Vec<ServerProcess>,
    tokens: Vec<String>,
    requests: Vec<String>,
    // Keeps the database alive.
    _world: World,
}

impl Race {
    pub(crate) async fn prepare(volunteers: usize, requests: usize, limit: usize, bugs: Bugs) -> Self {
        let world = World::new().await;
        let requests = file_requests(&world, requests).await;
        let users = enter_volunteers(&world, volunteers, limit).await;
        // What was filed is sealed by the keys in this folder: no server with other ones would start.
        let secrets = world.secrets().to_owned();
        let keys = Keys::load_or_make(&secrets).unwrap();
        let tokens = users
            .into_iter()
            .map(|user| {
                tokens::sign(&keys, &Person { user, role: Role::Volunteer }.bearer(), clock::now()).unwrap()
            })
            .collect();
        let servers = (0..2).map(|_| ServerProcess::start(&world.database, &secrets, bugs)).collect();
        Self { database: world.database.clone(), servers, tokens, requests, _world: world }
    }

    pub(crate) async fn drop_the_index(&self) {
        self.database.ask("DROP INDEX claims_one_active_per_request").await;
    }

    /// Everyone goes through all requests in the same order, all at the same time.
    pub(crate) async fn everyone_claims_everything(&self) -> Answers {
        let mut running = JoinSet::new();
        for (place, token) in self.tokens.iter().enumerate() {
            let (url, token) = (self.url(place), token.clone());
            let requests = self.requests.clone();
            running.spawn(async move {
                let http = client();
                let mut answers = Answers::default();
                for request in &requests {
                    answers.add(claim(&http, &url, &token, request).await);
                }
                answers
            });
        }
        Answers::of(running).await
    }

    /// Everyone sends all claims at once.
    pub(crate) async fn everyone_claims_everything_at_once(&self) -> Answers {
        let mut running = JoinSet::new();
        let http = client();
        for token in &self.tokens {
            for (place, request) in self.requests.iter().enumerate() {
                let (http, url) = (http.clone(), self.url(place));
                let (token, request) = (token.clone(), request.clone());
                running.spawn(async move {
                    let mut answers = Answers::default();
                    answers.add(claim(&http, &url, &token, &request).await);
                    answers
                });
            }
        }
        Answers::of(running).await
    }

    fn url(&self, place: usize) -> String {
        self.servers[place % self.servers.len()].url.clone()
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn claim(http: &reqwest::Client, url: &str, token: &str, request: &str) -> (u16, Value) {
    let response =
        http.post(format!("{url}/v1/requests/{request}/claim")).bearer_auth(token).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// All answers, by status and code.
#[derive(Debug, Default)]
pub(crate) struct Answers(BTreeMap<(u16, String), usize>);

impl Answers {
    async fn of(mut running: JoinSet<Self>) -> Self {
        let mut all = Self::default();
        while let Some(one) = running.join_next().await {
            for (what, count) in one.unwrap().0 {
                *all.0.entry(what).or_default() += count;
            }
        }
        all
    }

    fn add(&mut self, (status, body): (u16, Value)) {
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        *self.0.entry((status, code)).or_default() += 1;
    }

    pub(crate) fn count(&self, status: u16) -> usize {
        self.0.iter().filter(|((found, _), _)| *found == status).map(|(_, count)| count).sum()
    }

    pub(crate) fn total(&self) -> usize {
        self.0.values().sum()
    }

    pub(crate) fn conflicts_have_reasons(&self, reasons: &[&str]) {
        for (status, code) in self.0.keys() {
            assert!(*status != 409 || reasons.contains(&code.as_str()), "{code}");
        }
    }
}

async fn file_requests(world: &World, count: usize) -> Vec<String> {
    let household = world.verified_household().await;
    let partner = world.partner_of_a();
    let mut filed = Vec::new();
    let all: Vec<Value> = (0..count).map(|_| world.request(&household)).collect();
    for chunk in all.chunks(500) {
        let answer = partner.post("/v1/requests/bulk", json!({ "requests": chunk })).await.expect(207);
        for result in answer["results"].as_array().unwrap() {
            assert_eq!(result["request"]["status"], "open", "{result}");
            filed.push(result["request"]["id"].as_str().unwrap().to_owned());
        }
    }
    filed
}

/// Enters volunteers of organisation A: approved, with a car, in the middle of the area.
async fn enter_volunteers(world: &World, count: usize, limit: usize) -> Vec<UserId> {
    let users: Vec<UserId> = (0..count).map(|_| UserId::new(clock::new_id())).collect();
    let (organisation, area) = (world.seeded.a.id.uuid(), world.seeded.area.uuid());
    for user in &users {
        let (user, volunteer) = (user.uuid(), clock::new_id());
        let sql = format!(
            "INSERT INTO users (id, organisation_id, role, name, email, created_at) \
             VALUES ('{user}', '{organisation}', 'volunteer', 'Racer', '{user}@race.example', now()); \
             INSERT INTO volunteers (id, organisation_id, area_id, user_id, status, transport, capacity_g, capacity_ml, \
               skills, languages, radius_m, claim_limit, created_at, updated_at) \
             VALUES ('{volunteer}', '{organisation}', '{area}', '{user}', 'approved', 'car', 200000, 400000, \
               '{{}}', '{{kk,ru}}', 20000, {limit}, now(), now()); \
             INSERT INTO volunteer_positions (volunteer_id, organisation_id, base_lat, base_lon, written_at) \
             VALUES ('{volunteer}', '{organisation}', 43.24, 76.89, now())"
        );
        world.database.ask(&sql).await;
    }
    world.log_everybody_in().await;
    users
}
