//! `birgemiz doctor`: is everything well here, and if not, what puts it right.

use clap::Args;
use serde_json::json;

use crate::config::{Arranged, Origin, ServeSettings};
use crate::doctor::{self, Finding, Level, Patient};
use crate::startup::{self, StartupError};

/// `birgemiz doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The same settings as the server's.
    #[command(flatten)]
    serve: ServeSettings,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Looks, tells, and answers whether nothing failed. Must run on the main thread: a private Postgres ends
/// with the thread that started it.
pub(super) fn examine(args: &DoctorArgs, arranged: &Arranged) -> bool {
    let settings = &args.serve;
    let data = settings.database.data_folder();
    let patient = Patient {
        settings_file: arranged.file.as_deref(),
        settings_said: arranged.settings.iter().filter(|known| known.origin != Origin::Default).count(),
        secrets: settings.secrets_dir.clone().unwrap_or_else(|| data.join("secrets")),
        data,
        listen: settings.listen,
        pool_size: settings.database.pool_size,
    };
    let mut findings = doctor::examine_place(&patient);
    let looked = startup::look_once(&settings.database, async |urls| {
        Ok::<_, StartupError>(doctor::examine_database(&patient, &urls.owner).await)
    });
    findings.extend(looked.unwrap_or_else(|error| vec![doctor::unreachable(&error.to_string())]));
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    if args.json {
        println!("{}", json!({"level": worst, "findings": findings}));
    } else {
        findings.iter().for_each(tell);
    }
    worst < Level::Fail
}

fn tell(finding: &Finding) {
    let mark = match finding.level {
        Level::Ok => "ok  ",
        Level::Warn => "WARN",
        Level::Fail => "FAIL",
    };
    println!("{mark}  {}: {}", finding.check, finding.found);
    if finding.level > Level::Ok {
        println!("      why it matters: {}", finding.why);
    }
    if let Some(fix) = &finding.fix {
        println!("      what to do:     {fix}");
    }
}
