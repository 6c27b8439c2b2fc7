//! How fast does a city's list of households come in, beside Postgres taking the very same file into a bare
//! table?
//!
//! ```text
//! scripts/bench import [--rows N] [--quick] [--json]
//! scripts/bench import --rows N --write FILE      only writes the file: fictional people, from a seed
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
use std::path::Path;

use birgemiz::actions::create_area::{self, CreateArea};
use birgemiz::actions::create_campaign::CreateCampaign;
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
    let file = folder.join("households.csv");
    write(&file, rows);
    let found = measure(&folder, &file, rows);
    std::fs::remove_dir_all(&folder).unwrap();
    if has("--json") { println!("{found}") } else { print(&found) }
}

fn write(path: &Path, rows: u32) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    city::write(&mut file, rows, SEED).unwrap();
}

fn measure(folder: &Path, file: &Path, rows: u32) -> serde_json::Value {
    let mut settings = Settings::new(folder.join("postgres"));
    settings.server_options = vec![("shared_buffers".to_owned(), "256MB".to_owned())];
    let postgres = EmbeddedPostgres::start(&settings).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(ensure_exists(&postgres.url("postgres", "postgres"), "bench")).unwrap();
    let owner = postgres.url("postgres", "bench");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let bare_before = runtime.block_on(peer::copy(&owner, file));
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
    let ours =
        startup::work_once(&admin, async |app: &App| Ok::<_, StartupError>(import(app, file).await)).unwrap();
    let bare_after = runtime.block_on(peer::copy(&owner, file));
    for table in
        ["households", "household_doors", "household_consents", "events WHERE kind = 'household.registered'"]
    {
        assert_eq!(runtime.block_on(peer::count(&owner, table)), u64::from(rows), "{table}");
    }
    postgres.stop();
    let bare = bare_before.min(bare_after);
    let whole = ours.received + ours.checked + ours.written;
    json!({
        "rows": rows, "seed": SEED, "file_mb": std::fs::metadata(file).unwrap().len() / 1_000_000,
        "threads": std::thread::available_parallelism().unwrap().get(), "load_before": load.trim(),
        "received_s": ours.received, "checked_s": ours.checked, "written_s": ours.written,
        "whole_s": whole, "rows_per_s": f64::from(rows) / whole,
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

async fn import(app: &App, path: &Path) -> Figures {
    let organisation = town(app).await;
    let rss_before_mb = memory("VmRSS:");
    let start = clock::instant();
    let id = receive(app, organisation, path).await;
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

async fn receive(app: &App, organisation: OrganisationId, path: &Path) -> ImportId {
    let begin = BeginImport {
        kind: SheetKind::Households,
        organisation: Some(organisation),
        area: None,
        campaign: None,
        verified: false,
        dry_run: false,
    };
    let mut receiving = Receiving::begin(app, &Call::by_system(), begin, Limit::None).await.unwrap();
    let mut file = File::open(path).unwrap();
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

/// An organisation with a campaign in one area.
async fn town(app: &App) -> OrganisationId {
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
    organisation
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
        println!("{name:16} {value}");
    }
}
