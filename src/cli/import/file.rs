//! A CSV file, received from the disk and worked on in this process, or watched while a server does.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::id::ImportId;
use domain::refusal::Code;
use domain::sheet::{ImportStatus, SheetKind};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::Import;
use crate::actions::imports::{BeginImport, Going, Limit, Outcome, Receiving, run_next};
use crate::actions::report::{self, ReadReport};
use crate::actions::table::Table;
use crate::actions::{Answer, Call, Refusal, perform_for, read};
use crate::app::App;
use crate::cli::admin::AdminError;
use crate::clock;
use crate::storage::rows::ImportRow;
use crate::storage::views;

/// How much of the file is read at once.
const PIECE: usize = 256 * 1024;

/// How often an import that another process works on is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Imports a file; answers what became of it, as JSON.
pub(super) async fn import(app: &App, kind: SheetKind, import: Import) -> Result<String, AdminError> {
    let path = import.path()?.clone();
    let started = clock::instant();
    let id = receive(app, kind, &import, &path).await?;
    let row = work(app, id).await?;
    let report = if row.rows_refused > 0 { Some(write_report(app, id, &import, &path).await?) } else { None };
    let told = json!({
        "id": row.import(), "status": row.status, "dry_run": row.dry_run, "rows": row.rows_total,
        "taken": row.rows_taken, "refused": row.rows_refused, "report": report,
        "seconds": clock::since(started).as_secs_f64(),
    });
    match row.failure {
        Some(failure) => Err(AdminError::Refused(failure)),
        None => Ok(told.to_string()),
    }
}

/// How often a busy database is tried again.
const TRIES: u32 = 20;

async fn receive(app: &App, kind: SheetKind, import: &Import, path: &Path) -> Result<ImportId, AdminError> {
    let refused = |error: std::io::Error| AdminError::Refused(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let begin = BeginImport {
        kind,
        organisation: import.organisation,
        area: import.area,
        campaign: import.campaign,
        verified: import.verified,
        dry_run: import.dry_run,
    };
    let mut receiving = Receiving::begin(app, &Call::by_system(), begin, Limit::None).await?;
    let bar = bar(length, "reading  {bar:40} {bytes}/{total_bytes}");
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece).map_err(refused)?;
        let bytes = piece.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if let Err(refusal) = receiving.feed(bytes).await {
            receiving.discard().await;
            return Err(refusal.into());
        }
        bar.inc(u64::try_from(count).unwrap_or(u64::MAX));
    }
    bar.finish_and_clear();
    let answer = receiving.finish(|_| Ok(Call::by_system()), only_the_id).await?;
    let id = String::from_utf8_lossy(&answer.body);
    id.parse().map_err(|_| AdminError::Refused("no import was begun".to_owned()))
}

fn only_the_id(row: &ImportRow) -> Answer {
    let body = row.import().to_string().into_bytes();
    Answer { status: 202, location: None, body, kept_body: None, replayed: false }
}

async fn work(app: &App, id: ImportId) -> Result<ImportRow, AdminError> {
    let runner = clock::new_id();
    let bar = bar(0, "{msg:8} {bar:40} {human_pos}/{human_len} rows  {per_sec}");
    let show = |row: &ImportRow| {
        bar.set_message(row.status.clone());
        bar.set_length(row.rows_total.unsigned_abs());
        bar.set_position(row.rows_done.unsigned_abs());
    };
    let tell = |row: &ImportRow| {
        show(row);
        Going::On
    };
    let mut failures = 0;
    loop {
        match run_next(app, runner, Some(id), &tell).await {
            Err(refusal) if refusal.code == Code::Overloaded && failures < TRIES => {
                failures += 1;
                app.wakeup.wait(LOOK_EVERY).await;
            }
            Err(refusal) => return Err(refusal.into()),
            Ok(Outcome::Ended(row)) => {
                bar.finish_and_clear();
                return Ok(*row);
            }
            Ok(Outcome::Idle | Outcome::Lost) => {
                let row = look(app, id).await?;
                show(&row);
                if matches!(row.status().map_err(Refusal::from)?, ImportStatus::Done | ImportStatus::Failed) {
                    bar.finish_and_clear();
                    return Ok(row);
                }
                app.wakeup.wait(LOOK_EVERY).await;
            }
        }
    }
}

async fn look(app: &App, id: ImportId) -> Result<ImportRow, Refusal> {
    read(app, &Call::by_system(), async |unit| {
        views::imports::visible(unit, id).await?.ok_or_else(Refusal::not_found)
    })
    .await
}

async fn write_report(app: &App, id: ImportId, import: &Import, file: &Path) -> Result<PathBuf, AdminError> {
    let path = import.report.clone().unwrap_or_else(|| file.with_extension("report.csv"));
    let mut bytes = Table::with_header(&report::COLUMNS).into_bytes();
    let mut next = Some(ReadReport::of(id));
    while let Some(from) = next {
        let (table, after) = perform_for(app, &Call::by_system(), from).await?;
        bytes.extend(table.into_bytes());
        next = after;
    }
    std::fs::write(&path, bytes)
        .map_err(|error| AdminError::Refused(format!("{}: {error}", path.display())))?;
    Ok(path)
}

/// Drawn on a terminal only.
fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
