//! `birgemiz audit who-read` and `birgemiz audit readings`: who read which doors.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Args;
use domain::id::{HouseholdId, OrganisationId};
use serde::Serialize;

use super::AuditFailure;
use crate::audit::readings::{ToldReading, ToldReadings};
use crate::config::AuditSettings;
use crate::startup;
use crate::storage::inspection::{Inspection, Period};

/// Who read this door.
#[derive(Debug, Args)]
pub(super) struct WhoReadArgs {
    /// Whose door: hh_...
    #[arg(long, value_name = "ID")]
    household: HouseholdId,
    #[command(flatten)]
    when: When,
}

/// Which doors were read.
#[derive(Debug, Args)]
pub(super) struct ReadingsArgs {
    #[command(flatten)]
    when: When,
}

/// A period, and whose households.
#[derive(Debug, Args)]
struct When {
    /// From then on: a day (midnight UTC), or a moment such as 2026-11-23T08:00:00+05:00.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: DateTime<Utc>,
    /// Before then [default: now].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<DateTime<Utc>>,
    /// Only households of this organisation: org_...
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// Print JSON, one line each.
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
    moment.map_err(|_| "neither a day like 2026-11-23 nor a moment like 2026-11-23T08:00:00Z".to_owned())
}

impl When {
    fn period(&self) -> Period {
        let until = self.until.unwrap_or(DateTime::<Utc>::MAX_UTC);
        // Later than Postgres counts is as late as it does.
        let latest = NaiveDate::from_ymd_opt(9999, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let until = latest.map_or(until, |latest| until.min(latest));
        Period { since: self.since, until, organisation: self.organisation.map(OrganisationId::uuid) }
    }
}

pub(super) fn who_read(settings: &AuditSettings, args: &WhoReadArgs) -> Result<ExitCode, AuditFailure> {
    let (household, period) = (args.household.uuid(), args.when.period());
    let mut page = Page::of(args.when.json);
    startup::look_once(&settings.database, async |urls| {
        let inspection = Inspection::begin(&urls.owner).await?;
        let told = inspection.readings_of(household, &period, |one| page.print(&ToldReading::from(one)));
        told.await.map_err(AuditFailure::from)
    })?;
    Ok(page.ends("readings"))
}

pub(super) fn readings(settings: &AuditSettings, args: &ReadingsArgs) -> Result<ExitCode, AuditFailure> {
    let period = args.when.period();
    let mut page = Page::of(args.when.json);
    startup::look_once(&settings.database, async |urls| {
        let inspection = Inspection::begin(&urls.owner).await?;
        let told = inspection.readings_in(&period, |one| page.print(&ToldReadings::from(one)));
        told.await.map_err(AuditFailure::from)
    })?;
    Ok(page.ends("pairs of reader and household"))
}

/// Lines of whichever kind was asked for, a million of them if need be.
struct Page {
    out: BufWriter<io::StdoutLock<'static>>,
    is_json: bool,
    lines: u64,
}

impl Page {
    fn of(is_json: bool) -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), is_json, lines: 0 }
    }

    fn print(&mut self, line: &(impl Display + Serialize)) {
        self.lines += 1;
        let line =
            if self.is_json { serde_json::to_string(line).unwrap_or_default() } else { line.to_string() };
        // Whoever reads this may have gone by now.
        let _ = writeln!(self.out, "{line}");
    }

    fn ends(mut self, what: &str) -> ExitCode {
        if !self.is_json {
            let _ = writeln!(self.out, "{} {what}", self.lines);
        }
        if self.out.flush().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
