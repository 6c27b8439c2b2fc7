//! `birgemiz audit verify`.

use std::process::ExitCode;

use clap::Args;
use domain::id::OrganisationId;

use super::AuditFailure;
use crate::audit::{self, Asked, Report};
use crate::config::AuditSettings;
use crate::startup;
use crate::storage::inspection::Inspection;

/// What is to be verified.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Only this organisation's chains: org_...
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn verify(settings: &AuditSettings, args: &VerifyArgs) -> Result<ExitCode, AuditFailure> {
    let asked = Asked { organisation: args.organisation.map(OrganisationId::uuid), heads: Vec::new() };
    let report = startup::look_once(&settings.database, async |urls| {
        let inspection = Inspection::begin(&urls.owner).await?;
        audit::verify(&inspection, &asked).await.map_err(AuditFailure::from)
    })?;
    if args.json {
        println!("{}", serde_json::to_string(&report).unwrap_or_default());
    } else {
        tell(&report);
    }
    Ok(if report.is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(report: &Report) {
    for finding in &report.findings {
        println!("{finding}");
    }
    if report.left_out > 0 {
        println!("and {} more", report.left_out);
    }
    let verdict = if report.is_well { "nothing was changed" } else { "SOMETHING WAS CHANGED" };
    println!(
        "{verdict}: {} rows under {} seals in {} chains; {} rows are not sealed yet",
        report.rows, report.seals, report.chains, report.unsealed
    );
}
