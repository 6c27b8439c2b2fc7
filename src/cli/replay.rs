//! `birgemiz replay`: what another policy would have decided where volunteers were asked in a past period.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Args;
use domain::dispatch::{DispatchPolicy, Replayed, Told};
use domain::id::CampaignId;

use crate::config::DatabaseSettings;
use crate::startup::{self, StartupError};
use crate::storage::StorageError;
use crate::storage::inspection::Inspection;

/// Which period, and by which policy.
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    /// From then on: a day (midnight UTC), or a moment such as 2026-11-23T08:00:00+05:00.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: DateTime<Utc>,
    /// Before then.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: DateTime<Utc>,
    /// A policy of dispatch as JSON; fields that are missing take the defaults.
    #[arg(long)]
    policy: PathBuf,
    /// Only this campaign: cmp_...
    #[arg(long, value_name = "ID")]
    campaign: Option<CampaignId>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplayFailure {
    /// The database could not be had.
    #[error(transparent)]
    Startup(#[from] StartupError),
    /// It failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The policy is none.
    #[error("{0}: {1}")]
    Policy(PathBuf, String),
    /// Something decided otherwise than is kept.
    #[error(
        "{0} of {1} decisions do not come out as they are kept: they were edited, or made by another release"
    )]
    NotTheSame(u64, u64),
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
    moment.map_err(|_| "neither a day like 2026-11-23 nor a moment like 2026-11-23T08:00:00Z".to_owned())
}

/// Decides everything again, by its own policy and by the other, and prints both side by side.
pub(super) fn run(args: &ReplayArgs) -> Result<(), ReplayFailure> {
    let other = policy(args)?;
    let mut replayed = Replayed::default();
    startup::look_once(&args.database, async |urls| {
        let inspection = Inspection::begin(&urls.owner).await?;
        let campaign = args.campaign.map(CampaignId::uuid);
        let told = inspection.decisions((args.from, args.to), campaign, |record, own| {
            replayed.take(record, own, &other);
        });
        told.await.map_err(ReplayFailure::from)
    })?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&replayed).unwrap_or_default());
    } else {
        print(&replayed);
    }
    let Replayed { decisions, recomputed, .. } = replayed;
    if recomputed == decisions {
        Ok(())
    } else {
        Err(ReplayFailure::NotTheSame(decisions - recomputed, decisions))
    }
}

fn policy(args: &ReplayArgs) -> Result<DispatchPolicy, ReplayFailure> {
    let refused = |why: String| ReplayFailure::Policy(args.policy.clone(), why);
    let text = fs::read_to_string(&args.policy).map_err(|error| refused(error.to_string()))?;
    let policy: DispatchPolicy = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    policy.check().map_err(|error| refused(error.to_string()))?;
    Ok(policy)
}

/// One of the figures of what was told.
type Figure = fn(&Told) -> u64;

fn print(replayed: &Replayed) {
    let Replayed { decisions, recomputed, alike, then, other } = replayed;
    println!(
        "{decisions} decisions, {recomputed} the same when made again, {alike} alike by the other policy"
    );
    println!("{:<24}{:>12}{:>12}", "", "then", "other");
    let lines: [(&str, Figure); 6] = [
        ("waves", |told| told.waves),
        ("offers", |told| told.offers),
        ("expected to accept", |told| told.expected_millis / 1_000),
        ("mean chance, per cent", |told| told.chances / told.waves.max(1) / 10_000),
        ("waits", |told| told.waits),
        ("coordinators called", |told| told.escalations),
    ];
    for (what, of) in lines {
        println!("{what:<24}{:>12}{:>12}", of(then), of(other));
    }
    println!("Each decision by itself, from what it saw: what would have followed is not known.");
}
