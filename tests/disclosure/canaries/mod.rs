//! Marks in everything private, sent in by every way there is; then none of them is found where nobody may look.
//!
//! A server process of its own runs with its log at `debug`. Looked through are: every answer of the run (whoever may
//! read a thing reads it elsewhere: `tests/api/private_data`), the log, the metrics, what receivers of webhooks got,
//! and a dump of the whole database, which shows what is knowingly plain and nothing else (`KNOWINGLY_PLAIN`).
//! `BIRGEMIZ_DISCLOSURE=full` plants a thousand.

mod flock;
mod server;

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::json;

use self::flock::{Flock, live};
use self::server::Server;
use crate::receiver::Receiver;
use crate::support::{Caller, World, run};

/// What is not sealed, where it lies, and why.
const KNOWINGLY_PLAIN: [(&str, &str, &str); 7] = [
    ("household_doors", "exact", "coarse points, areas and distances are computed by Postgres: docs/private-data.md"),
    ("households", "external", "the partner's own name for a household is found by equality; partners send no names of people"),
    ("households", "reason", "why a household was suspended, in somebody's words: not sealed yet"),
    ("requests", "reason", "why a request ended, in somebody's words: not sealed yet"),
    ("claims", "reason", "why a claim was given up, in somebody's words: not sealed yet"),
    ("deliveries", "reason", "why a delivery failed, in somebody's words: not sealed yet"),
    ("volunteer_blocks", "reason", "why two are kept apart, in somebody's words: not sealed yet"),
];

#[test]
fn no_mark_is_found_where_nobody_may_look() {
    run(async {
        let world = World::new().await;
        let server = Server::start(&world);
        let receiver = Receiver::start(&[]).await;
        for owner in [world.partner_of_a(), world.coordinator_of_a()] {
            let endpoint = json!({"url": receiver.url, "events": []});
            owner.at(server.url()).post("/v1/webhook-endpoints", endpoint).await.expect(201);
        }
        let mut flock = Flock::default();
        let rounds = if is_full() { 40 } else { 3 };
        for round in 0..rounds {
            live(&world, server.url(), &mut flock, round).await;
        }
        assert!(flock.marks.len() >= 20 * rounds, "{} marks", flock.marks.len());
        strangers_look(&world, server.url(), &mut flock).await;
        let expected = "household.archived";
        let all = |arrived: &[crate::receiver::Arrival]| {
            arrived.iter().filter(|one| String::from_utf8_lossy(&one.body).contains(expected)).count() >= rounds
        };
        receiver.until("the last event of each round came", all).await;

        flock.answers_hold_nothing();
        for arrival in receiver.arrived() {
            let pushed = format!("{} {:?}", String::from_utf8_lossy(&arrival.body), arrival.headers);
            assert_eq!(flock.found_in(&pushed), BTreeSet::new(), "a webhook: {pushed}");
        }
        let metrics = world.nobody().at(server.url()).get("/metrics").off_contract().await;
        assert!(metrics.text.contains("birgemiz_"), "{}", metrics.text);
        assert_eq!(flock.found_in(&metrics.text), BTreeSet::new(), "the metrics");
        let log = server.log();
        assert!(log.lines().count() > 100 && log.contains("DEBUG"), "the log tells much: {}", log.len());
        for line in log.lines() {
            assert_eq!(flock.found_in(line), BTreeSet::new(), "the log: {line}");
        }
        the_dump_shows_what_is_known(&world, &flock);
    });
}

fn is_full() -> bool {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    std::env::var("BIRGEMIZ_DISCLOSURE").is_ok_and(|size| size == "full")
}

/// Everybody without the right reads all that they can.
async fn strangers_look(world: &World, url: &str, flock: &mut Flock) {
    let strangers = [
        world.nobody(),
        world.volunteer_of_b(),
        world.second_volunteer_of_a(),
        world.coordinator_of_b(),
        world.partner_of_b(),
        world.administrator_of_a(),
    ];
    let things = flock.things.clone();
    for stranger in strangers.map(|one| one.at(url)) {
        for path in LISTS {
            flock.keep_foreign(&stranger.get(path).await);
        }
        for thing in &things {
            flock.keep_foreign(&stranger.get(thing).await);
        }
    }
}

const LISTS: [&str; 15] = [
    "/v1/households?limit=200",
    "/v1/requests?limit=200&include=household",
    "/v1/requests/queue?limit=200",
    "/v1/requests/summary",
    "/v1/events?limit=200",
    "/v1/events/stream?seconds=1",
    "/v1/calls?status=waiting,done",
    "/v1/plans",
    "/v1/volunteers?limit=200",
    "/v1/users",
    "/v1/exports/households",
    "/v1/exports/requests",
    "/v1/me/nearby-requests?limit=200",
    "/v1/me/claims",
    "/v1/webhook-endpoints",
];

/// The tables of a dump, each with what of the marks is in it as it is or as the bytes of it.
fn the_dump_shows_what_is_known(world: &World, flock: &Flock) {
    let dump = dump(world);
    let mut table = "";
    let (mut tables, mut open) = (BTreeSet::new(), BTreeSet::new());
    for line in dump.lines() {
        if let Some(rest) = line.strip_prefix("COPY public.") {
            table = rest.split(' ').next().unwrap();
            tables.insert(table);
        }
        for kind in flock.found_in(line) {
            let known = KNOWINGLY_PLAIN.iter().any(|(of, what, _)| (*of, *what) == (table, kind));
            if !known {
                open.insert((table, kind));
            }
        }
    }
    assert_eq!(open, BTreeSet::new(), "lies open in the dump, and nobody knows why");
    for table in ["household_doors", "request_notes", "events", "door_readings", "idempotency_keys", "imports"] {
        assert!(tables.contains(table), "it is a whole one: {tables:?}");
    }
}

/// The whole database as Postgres' own program writes it out.
fn dump(world: &World) -> String {
    let program = std::fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|major| major.unwrap().path().join("bin/pg_dump"))
        .filter(|path| path.is_file())
        .max()
        .unwrap();
    let url = &world.database.urls.owner;
    let taken = Command::new(program).args(["--enable-row-security", "--dbname", url]).output().unwrap();
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    String::from_utf8(taken.stdout).unwrap()
}

/// A caller at that server.
fn there(caller: &Caller, url: &str) -> Caller {
    caller.at(url)
}
