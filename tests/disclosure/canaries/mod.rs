//! Marks in everything private, sent in by every way there is; then none of them is found where nobody may look.
//!
//! A server process of its own runs with its log at `debug`. Looked through are: every answer to those without the right
//! (whoever may read a thing reads it elsewhere: `tests/api/private_data`; every answer of every test of the API is
//! looked through as well, by `support/private`), its log, Postgres' own log, the metrics, what receivers of webhooks
//! got, what the programs of operators print, what is written into the audit's folder, and a dump of the whole
//! database, which shows what is knowingly plain and nothing else (`dump`). `BIRGEMIZ_DISCLOSURE=full` plants more than a
//! thousand.

mod dump;
mod flock;
mod life;
mod server;

use std::collections::BTreeSet;

use serde_json::json;

use self::flock::{Finder, Flock};
use self::life::Desk;
use self::server::Server;
use crate::receiver::{Arrival, Receiver};
use crate::support::{World, postgres, run};

#[test]
fn no_mark_is_found_where_nobody_may_look() {
    run(async {
        let world = World::new().await;
        usual_limits_are_out_of_the_way(&world).await;
        let server = Server::start(&world);
        let receiver = Receiver::start(&[]).await;
        for owner in [world.partner_of_a(), world.coordinator_of_a()] {
            let endpoint = json!({"url": receiver.url, "events": []});
            owner.at(server.url()).post("/v1/webhook-endpoints", endpoint).await.expect(201);
        }
        let mut flock = Flock::default();
        let rounds = if is_full() { 5 } else { 2 };
        let desk = Desk::new(&world, server.url());
        for round in 0..rounds {
            desk.live(&mut flock, round).await;
        }
        assert!(flock.len() >= 200 * rounds, "{} marks", flock.len());
        strangers_look(&world, server.url(), &mut flock).await;
        let archived = |arrived: &[Arrival]| {
            let tells = |one: &&Arrival| String::from_utf8_lossy(&one.body).contains("household.archived");
            arrived.iter().filter(tells).count() >= rounds
        };
        receiver.until("the last event of each round came", archived).await;

        let finder = flock.finder();
        finds_what_is_there(&finder, &flock);
        flock.answers_hold_nothing(&finder);
        for arrival in receiver.arrived() {
            let pushed = format!("{} {:?}", String::from_utf8_lossy(&arrival.body), arrival.headers);
            finder.finds_nothing_in("a webhook", &pushed);
        }
        let metrics = world.nobody().at(server.url()).get("/metrics").off_contract().await;
        assert!(metrics.text.contains("birgemiz_"), "{}", metrics.text);
        finder.finds_nothing_in("the metrics", &metrics.text);
        let log = server.log();
        assert!(log.lines().count() > 100 && log.contains("DEBUG"), "the log tells much: {}", log.len());
        finder.finds_nothing_in("the log", &log);
        finder.finds_nothing_in("Postgres' log", &log_of_postgres());
        operators_look(&world, &server, &finder).await;
        dump::shows_what_is_known(&world, &finder);
    });
}

fn is_full() -> bool {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    std::env::var("BIRGEMIZ_DISCLOSURE").is_ok_and(|size| size == "full")
}

async fn usual_limits_are_out_of_the_way(world: &World) {
    let sql = "UPDATE policies SET body = body || '{\"volunteer_doors_per_hour\": 100000, \
        \"coordinator_doors_per_hour\": 100000, \"coordinator_exports_per_day\": 1000, \
        \"calls\": {\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}'";
    world.database.ask(sql).await;
}

/// A finder that finds nothing would find nothing wrong.
fn finds_what_is_there(finder: &Finder, flock: &Flock) {
    let kinds = [
        "comment",
        "door",
        "exact",
        "external",
        "key",
        "note",
        "password",
        "person",
        "phone",
        "reason",
        "refused",
        "whereabouts",
    ];
    assert_eq!(flock.kinds(), BTreeSet::from(kinds));
    let sheet = "Qzdoor3zQ is not there, but 43.15";
    assert!(finder.kinds_in(sheet).len() <= 1);
}

/// Everybody without the right reads all that they can: whatever the contract lists, and whatever was made.
async fn strangers_look(world: &World, url: &str, flock: &mut Flock) {
    let strangers: [(_, &'static [&'static str]); 6] = [
        (world.nobody(), &[]),
        (world.volunteer_of_b(), &[]),
        (world.second_volunteer_of_a(), &[]),
        (world.coordinator_of_b(), &[]),
        (world.partner_of_b(), &[]),
        // They see their organisation's staff and nothing of households.
        (world.administrator_of_a(), &["person"]),
    ];
    let things = flock.things.clone();
    let lists = lists();
    assert!(lists.len() > 25, "{lists:?}");
    for (stranger, known) in strangers {
        let stranger = stranger.at(url);
        for path in lists.iter().chain(&things) {
            flock.keep(&stranger.get(path).await, known);
        }
    }
}

/// Every reading of the contract that needs no id, and some with more in them.
fn lists() -> Vec<String> {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let mut lists: Vec<String> = MORE.iter().map(|path| (*path).to_owned()).collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        // A stream would go on: its first second is among the others.
        if item.get("get").is_some() && !path.contains('{') && !path.ends_with("/stream") {
            lists.push(path.clone());
        }
    }
    lists
}

const MORE: [&str; 8] = [
    "/v1/households?limit=200&include=requests",
    "/v1/requests?limit=200&include=household",
    "/v1/requests?limit=200&include=claim",
    "/v1/events?limit=200",
    "/v1/events/stream?seconds=1",
    "/v1/volunteers?limit=200&include=claims",
    "/v1/me/nearby-requests?limit=200",
    "/v1/exports/households",
];

/// What is printed for operators, and what is written down for auditors.
async fn operators_look(world: &World, server: &Server, finder: &Finder) {
    let policy = postgres::folder("policy.json");
    std::fs::write(&policy, "{}").unwrap();
    let policy = policy.to_str().unwrap();
    let period = ["--from", "2026-01-01", "--to", "2100-01-01", "--json"];
    let replay: Vec<&str> = ["replay", "--policy", policy].into_iter().chain(period).collect();
    let programs: [&[&str]; 6] = [
        &["audit", "verify"],
        &["audit", "readings", "--since", "2026-01-01", "--json"],
        &["audit", "heads"],
        &["doctor"],
        &["settings"],
        &replay,
    ];
    for args in programs {
        let said = server.operate(world, args);
        assert!(!said.is_empty(), "{args:?} says nothing");
        finder.finds_nothing_in(&format!("birgemiz {args:?}"), &said);
    }
    for (name, text) in server.audit_files() {
        finder.finds_nothing_in(&name, &text);
    }
}

fn log_of_postgres() -> String {
    std::fs::read_to_string(postgres::place().join("data").join("server.log")).unwrap()
}
