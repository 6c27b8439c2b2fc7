//! How fast do a city's lists of households, volunteers and requests come in, beside Postgres taking the very
//! same files into bare tables?
//!
//! ```text
//! scripts/bench import [--rows N] [--quick] [--json]     N households, as many requests, a fourth as many volunteers
//! scripts/bench import --rows N --write FILE             only writes the file of households: fictional, from a seed
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on says why"
)]

mod city;
mod peer;

use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};

use birgemiz::actions::create_area::{self, CreateArea};
use birgemiz::actions::create_campaign::CreateCampaign;
use birgemiz::actions::create_item::CreateItem;
use birgemiz::actions::create_organisation::CreateOrganisation;
use birgemiz::actions::imports::{BeginImport, Going, Limit, Outcome, Receiving, run_next};
use birgemiz::actions::{Answer, Call, perform_as_system};
use birgemiz::app::App;
use birgemiz::clock;
use birgemiz::config::{AdminSettings, DatabaseSettings, POOL_WAIT_MS};
use birgemiz::startup::{self, StartupError};
use birgemiz::storage::database::{SERVICE_ROLE, ensure_exists};
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use birgemiz::storage::rows::ImportRow;
use domain::catalogue::Load;
use domain::id::{ImportId, OrganisationId};
use domain::sheet::SheetKind;
use serde_json::json;

const SEED: u64 = 2_020;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let after = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|place| arguments.get(place + 1))
    };
    let usual = if has("--quick") { 20_000 } else { 350_000 };
    let rows: u32 = after("--rows").map_or(usual, |rows| rows.parse().expect("a number of rows"));
    if let Some(path) = after("--write") {
        return write(Path::new(path), rows);
    }
    let folder = std::env::temp_dir().join(format!("birgemiz-bench-import-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let found = measure(&folder, &files(&folder, rows));
    std::fs::remove_dir_all(&folder).unwrap();
    for found in found {
        if has("--json") { println!("{found}") } else { print(&found) }
    }
}

/// One file to bring in.
struct Sheet {
    kind: SheetKind,
    path: PathBuf,
    rows: u32,
    /// The tables in which every row of it must stand afterwards.
    tables: &'static [&'static str],
}

fn files(folder: &Path, rows: u32) -> Vec<Sheet> {
    let sheet = |kind, name, rows, tables| Sheet { kind, path: folder.join(name), rows, tables };
    let households = sheet(
        SheetKind::Households,
        "households.csv",
        rows,
        &[
            "households",
            "household_doors",
            "household_consents",
            "events WHERE kind = 'household.registered'",
        ],
    );
    let volunteers = sheet(SheetKind::Volunteers, "volunteers.csv", rows / 4, &["volunteers"]);
    let requests = sheet(
        SheetKind::Requests,
        "requests.csv",
        rows,
        &["requests", "request_phrases", "events WHERE kind = 'request.submitted'"],
    );
    write(&households.path, rows);
    city::write_volunteers(&mut create(&volunteers.path), volunteers.rows, SEED).unwrap();
    city::write_requests(&mut create(&requests.path), rows, SEED).unwrap();
    vec![households, volunteers, requests]
}

fn create(path: &Path) -> BufWriter<File> {
    BufWriter::new(File::create(path).unwrap())
}

fn write(path: &Path, rows: u32) {
    city::write(&mut create(path), rows, SEED).unwrap();
}

fn measure(folder: &Path, sheets: &[Sheet]) -> Vec<serde_json::Value> {
    let mut settings = Settings::new(folder.join("postgres"));
    settings.server_options = vec![("shared_buffers".to_owned(), "256MB".to_owned())];
    let postgres = EmbeddedPostgres::start(&settings).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(ensure_exists(&postgres.url("postgres", "postgres"), "bench")).unwrap();
    let owner = postgres.url("postgres", "bench");
    let admin = AdminSettings {
        database: DatabaseSettings {
            database_url: Some(postgres.url(SERVICE_ROLE, "bench")),
            owner_database_url: Some(owner.clone()),
            data_dir: None,
            postgres_bin: None,
            pool_size: 4,
            pool_wait_ms: POOL_WAIT_MS,
        },
        public_url: String::new(),
        secrets_dir: Some(folder.join("secrets")),
    };
    let found = startup::work_once(&admin, async |app: &App| {
        let town = town(app).await;
        let mut found = Vec::new();
        for sheet in sheets {
            found.push(beside_a_bare_copy(app, &town, &owner, sheet).await);
        }
        Ok::<_, StartupError>(found)
    });
    postgres.stop();
    found.unwrap()
}

async fn beside_a_bare_copy(app: &App, town: &Town, owner: &str, sheet: &Sheet) -> serde_json::Value {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let bare_before = peer::copy(owner, &sheet.path).await;
    let ours = import(app, town, sheet).await;
    let bare_after = peer::copy(owner, &sheet.path).await;
    for table in sheet.tables {
        assert_eq!(peer::count(owner, table).await, u64::from(sheet.rows), "{table}");
    }
    let bare = bare_before.min(bare_after);
    let whole = ours.received + ours.checked + ours.written;
    json!({
        "kind": sheet.kind.as_str(), "rows": sheet.rows, "seed": SEED,
        "file_mb": std::fs::metadata(&sheet.path).unwrap().len() / 1_000_000,
        "threads": std::thread::available_parallelism().unwrap().get(), "load_before": load.trim(),
        "received_s": ours.received, "checked_s": ours.checked, "written_s": ours.written,
        "whole_s": whole, "rows_per_s": f64::from(sheet.rows) / whole,
        "written_rows_per_s": f64::from(sheet.rows) / ours.written,
        "peak_rss_mb": ours.peak_rss_mb, "rss_before_mb": ours.rss_before_mb,
        "bare_copy_s": [bare_before, bare_after], "times_bare_copy": whole / bare,
    })
}

struct Figures {
    received: f64,
    checked: f64,
    written: f64,
    rss_before_mb: u64,
    peak_rss_mb: u64,
}

async fn import(app: &App, town: &Town, sheet: &Sheet) -> Figures {
    let rss_before_mb = memory("VmRSS:");
    let start = clock::instant();
    let id = receive(app, town, sheet).await;
    let received = clock::since(start).as_secs_f64();
    let checked = std::sync::Mutex::new(None);
    let tell = |row: &ImportRow| {
        if row.status == "writing" {
            checked.lock().unwrap().get_or_insert_with(|| clock::since(start).as_secs_f64());
        }
        Going::On
    };
    let outcome = run_next(app, clock::new_id(), Some(id), &tell).await.unwrap();
    let whole = clock::since(start).as_secs_f64();
    let Outcome::Ended(row) = outcome else { panic!("{outcome:?}") };
    assert_eq!((row.rows_refused, row.failure.clone()), (0, None), "{row:?}");
    let checked = checked.lock().unwrap().unwrap_or(whole);
    Figures {
        received,
        checked: checked - received,
        written: whole - checked,
        rss_before_mb,
        peak_rss_mb: memory("VmHWM:"),
    }
}

async fn receive(app: &App, town: &Town, sheet: &Sheet) -> ImportId {
    let begin = BeginImport {
        kind: sheet.kind,
        organisation: Some(town.organisation),
        area: None,
        campaign: None,
        verified: true,
        dry_run: false,
    };
    let mut receiving = Receiving::begin(app, &Call::by_system(), begin, Limit::None).await.unwrap();
    let mut file = File::open(&sheet.path).unwrap();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        receiving.feed(piece.get(..count).unwrap()).await.unwrap();
    }
    let answer = receiving.finish(|_| Ok(Call::by_system()), the_id).await.unwrap();
    String::from_utf8(answer.body).unwrap().parse().unwrap()
}

fn the_id(row: &ImportRow) -> Answer {
    let body = row.import().to_string().into_bytes();
    Answer { status: 202, location: None, body, kept_body: None, replayed: false }
}

/// An organisation with a campaign in one area, where one item is asked for.
struct Town {
    organisation: OrganisationId,
}

async fn town(app: &App) -> Town {
    let organisation =
        CreateOrganisation { name: "Bench".to_owned(), reality: domain::sandbox::Reality::Real };
    let organisation = perform_as_system(app, organisation).await.unwrap().organisation();
    let campaign = CreateCampaign {
        organisation,
        name: "Bench".to_owned(),
        starts_on: None,
        ends_on: None,
        policy: domain::policy::Policy::default(),
    };
    let campaign = perform_as_system(app, campaign).await.unwrap().row.campaign();
    let area = CreateArea {
        campaign,
        name: "City".to_owned(),
        time_zone: create_area::time_zone("Asia/Almaty").unwrap(),
        shape: create_area::outline(&city::outline()).unwrap(),
    };
    perform_as_system(app, area).await.unwrap();
    let load = Load { grams: 5_000, millilitres: 10_000 };
    let item = CreateItem { campaign, name: city::ITEM.to_owned(), unit: "box".to_owned(), load };
    perform_as_system(app, item).await.unwrap();
    Town { organisation }
}

/// Of this process, in megabytes, as Linux counts it.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
        / 1024
}

fn print(found: &serde_json::Value) {
    for (name, value) in found.as_object().unwrap() {
        println!("{name:20} {value}");
    }
    println!();
}
