//! How fast is the API, and how much of what the machine can do is that?
//!
//! Intake, claim, nearby feed, candidates and an import over HTTP against a real server process on a real,
//! durable Postgres; beside them, in the same run, a bare actix-web endpoint and pgbench writing the same rows.
//! Everything shares one machine: the load generator and pgbench included.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on says why by panicking, and measures time"
)]

#[path = "../import/peer.rs"]
#[expect(dead_code, reason = "the rest is what `scripts/bench import` needs of it")]
mod bare;
mod city;
mod country;
#[path = "../../crates/domain/benches/crowd/mod.rs"]
#[expect(dead_code, reason = "the rest is what the index is measured with")]
mod crowd;
mod floor;
mod import;
mod load;
mod pgbench;
mod positions;
mod report;
mod server;
#[path = "../import/city.rs"]
#[expect(dead_code, reason = "the rest is what `scripts/bench import` needs of it")]
mod sheet;

use std::net::SocketAddr;
use std::time::Duration;

use city::{City, Crowd, numbered};
use domain::id::{HouseholdId, KitId, RequestId};
use load::Ask;
use report::{Report, Row};
use serde_json::json;
use server::Server;
use tokio::runtime::Runtime;

/// How much is asked.
struct Sizes {
    volunteers: u64,
    crowd: Crowd,
    open_requests: u64,
    writes_a_connection: u64,
    reading: Duration,
    rounds: u64,
    rows: u32,
}

impl Sizes {
    fn chosen(arguments: &[String]) -> Self {
        let quick = arguments.iter().any(|argument| argument == "--quick");
        let value = |name: &str| {
            let place = arguments.iter().position(|argument| argument == name)?;
            Some(arguments.get(place + 1)?.parse().unwrap())
        };
        let volunteers = value("--volunteers").unwrap_or(10_000);
        let country = arguments.iter().any(|argument| argument == "--country");
        let crowd = if country { Crowd::Country } else { Crowd::OneCity };
        let (writes, rounds) = (value("--writes"), value("--rounds"));
        if quick {
            Self {
                volunteers,
                crowd,
                open_requests: 500,
                writes_a_connection: writes.unwrap_or(60),
                reading: Duration::from_secs(1),
                rounds: rounds.unwrap_or(1),
                rows: 5_000,
            }
        } else {
            Self {
                volunteers,
                crowd,
                open_requests: 2_000,
                writes_a_connection: writes.unwrap_or(500),
                reading: Duration::from_secs(5),
                rounds: rounds.unwrap_or(3),
                rows: 50_000,
            }
        }
    }
}

const WORKERS: usize = 2;
const CONNECTIONS: [usize; 2] = [16, 64];

/// Reading is asked for so long before it is measured: a server that has run for a while knows who asks and what
/// those are called whom it proposes.
const WARM_UP: Duration = Duration::from_secs(5);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let sizes = Sizes::chosen(&arguments);
    let mut report = Report::new(arguments.iter().any(|argument| argument == "--json"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let city = City::start(&runtime, sizes.volunteers, sizes.crowd);
    report.machine(&format!(
        "{} volunteers, {} open requests, {} rounds, medians; {WORKERS} HTTP workers; reading warmed up for {} s",
        sizes.volunteers,
        sizes.open_requests,
        sizes.rounds,
        WARM_UP.as_secs()
    ));
    let server = Server::start(&city, WORKERS);
    report.started(server.ready_after, server.resident_mib());
    let only = arguments.iter().position(|argument| argument == "--only");
    let only = only.and_then(|place| arguments.get(place + 1)).map(String::as_str);
    // Those who claim must be able to: a country's volunteers are only asked what is near.
    let only = if sizes.crowd == Crowd::Country { Some("reading") } else { only };
    let asked = |question: &str| only.is_none_or(|only| only == question);
    measure_floor(&runtime, &sizes, &mut report);
    for connections in CONNECTIONS {
        if asked("claim") {
            measure_claims(&runtime, &city, &server, &sizes, connections, &mut report);
        }
        if asked("intake") {
            measure_intake(&runtime, &city, &server, &sizes, connections, &mut report);
        }
    }
    if asked("positions") {
        positions::measure(&runtime, &city, &server, &sizes, &mut report);
    }
    if asked("reading") {
        measure_reading(&runtime, &city, &server, &sizes, &mut report);
    }
    if asked("import") {
        runtime.block_on(import::measure(&city, &server, sizes.rows, &mut report));
    }
    report.ended(server.resident_mib());
}

fn measure_floor(runtime: &Runtime, sizes: &Sizes, report: &mut Report) {
    let address = floor::start(WORKERS);
    let asks: &'static [Ask] = Box::leak(Box::new([Ask::post("/candidates", "none", "none", r#"{"k":10}"#)]));
    let measured = runtime.block_on(load::repeat(address, asks, 64, sizes.reading));
    assert!(measured.all_answered(200), "{:?}", measured.statuses);
    report.row(Row::http("bare actix-web, ten candidates", 64, &measured));
}

/// Ranges of request numbers, so that no run meets another's.
fn base(round: u64, connections: usize, kind: u64) -> u64 {
    1_000_000_000_000 + ((round * 100 + connections as u64) * 10 + kind) * 1_000_000_000
}

fn measure_claims(
    runtime: &Runtime,
    city: &City,
    server: &Server,
    sizes: &Sizes,
    connections: usize,
    report: &mut Report,
) {
    let (clients, each) = (connections as u64, sizes.writes_a_connection);
    let mut figures = Vec::new();
    for round in 0..sizes.rounds {
        let (ours, whole, bare) =
            (base(round, connections, 0), base(round, connections, 1), base(round, connections, 2));
        for base in [ours, whole, bare] {
            runtime.block_on(city.open_requests(base, clients, each));
        }
        server.caught_up(runtime, city);
        let asks = (0..clients)
            .map(|client| {
                let token =
                    |n: u64| city.volunteer_token(client + clients * (n % (sizes.volunteers / clients)));
                (1..=each).map(|n| claim_of(ours + client * 1_000_000 + n, &token(n))).collect()
            })
            .collect();
        let measured = runtime.block_on(load::run(server.address, asks));
        assert!(measured.all_answered(201), "claims: {:?}", measured.statuses);
        let statement = pgbench::run(
            city,
            &pgbench::claim(city, clients, sizes.volunteers / clients),
            connections,
            each as usize,
            whole,
        );
        let update = pgbench::run(city, &pgbench::bare_update(), connections, each as usize, bare);
        figures.push((measured, statement, update));
        runtime.block_on(city.close_everything());
    }
    let active = "SELECT count(*) FROM events WHERE kind = 'request.claimed' AND call_id NOT LIKE 'pgbench%'";
    assert!(runtime.block_on(city.count(active)) >= (clients * each) as i64, "claims were lost");
    report.writes("claim", connections, figures, "the same writes, one statement (pgbench)");
}

fn claim_of(number: u64, token: &str) -> Ask {
    let request = RequestId::new(numbered(number));
    Ask::post(&format!("/v1/requests/{request}/claim"), token, &format!("claim-{number}"), "{}")
}

fn measure_intake(
    runtime: &Runtime,
    city: &City,
    server: &Server,
    sizes: &Sizes,
    connections: usize,
    report: &mut Report,
) {
    let (clients, each) = (connections as u64, sizes.writes_a_connection);
    let token = city.partner_token();
    let body = json!({
        "household_id": HouseholdId::new(city.household).to_string(),
        "kind": "delivery",
        "lines": [{"kit_id": KitId::new(city.kit).to_string(), "quantity": 1}],
        "note": "The lift is broken"
    })
    .to_string();
    let mut figures = Vec::new();
    for round in 0..sizes.rounds {
        let asks = (0..clients)
            .map(|client| {
                let key = |n: u64| format!("intake-{connections}-{round}-{client}-{n}");
                (1..=each).map(|n| Ask::post("/v1/requests", &token, &key(n), &body)).collect()
            })
            .collect();
        let measured = runtime.block_on(load::run(server.address, asks));
        assert!(measured.all_answered(201), "intake: {:?}", measured.statuses);
        let statement = pgbench::run(city, &pgbench::intake(city), connections, each as usize, 0);
        figures.push((measured, statement, None));
        runtime.block_on(city.close_everything());
    }
    report.writes("intake", connections, figures, "the same writes, one statement (pgbench)");
}

fn measure_reading(runtime: &Runtime, city: &City, server: &Server, sizes: &Sizes, report: &mut Report) {
    const CLIENTS: usize = 64;
    let base = base(9, 0, 9);
    match sizes.crowd {
        Crowd::OneCity => runtime.block_on(city.open_requests(base, 1, sizes.open_requests)),
        Crowd::Country => runtime.block_on(country::write_requests(city, base, sizes.open_requests)),
    }
    server.caught_up(runtime, city);
    let feeds: Vec<Ask> =
        (0..CLIENTS).map(|n| Ask::get("/v1/me/nearby-requests?limit=20", &city.asking_token(n))).collect();
    let coordinator = city.coordinator_token();
    let candidates = |more: &str| {
        let ask = |n| {
            let request = RequestId::new(numbered(base + n));
            Ask::get(&format!("/v1/requests/{request}/candidates?limit=10{more}"), &coordinator)
        };
        (1..=sizes.open_requests).map(ask).collect()
    };
    // A country's others are a long look, of which few may go on at once.
    let counting = if sizes.crowd == Crowd::Country { 2 } else { CLIENTS };
    let mut read =
        |name, asks, connections| read(runtime, server.address, (name, connections), asks, sizes, report);
    read("nearby-requests", feeds, CLIENTS);
    read("candidates", candidates("&without=refused"), CLIENTS);
    read("candidates, the others counted", candidates(""), counting);
}

fn read(
    runtime: &Runtime,
    address: SocketAddr,
    (name, connections): (&'static str, usize),
    asks: Vec<Ask>,
    sizes: &Sizes,
    report: &mut Report,
) {
    let asks: &'static [Ask] = Box::leak(asks.into_boxed_slice());
    runtime.block_on(load::repeat(address, asks, connections, WARM_UP));
    let measured = runtime.block_on(load::repeat(address, asks, connections, sizes.reading));
    assert!(measured.all_answered(200), "{name}: {:?}", measured.statuses);
    report.row(Row::http(name, connections, &measured));
}
