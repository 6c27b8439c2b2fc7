//! `birgemiz audit verify`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use domain::id::OrganisationId;

use super::AuditFailure;
use crate::audit::heads::{self, HeadsError};
use crate::audit::{self, Asked, Report};
use crate::config::AuditSettings;
use crate::startup;
use crate::storage::inspection::{Head, Inspection};

/// What is to be verified.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Only this organisation's chains: org_...
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// Compare with the heads in this file, which `birgemiz audit heads` or the server wrote: shows whether a chain was cut
    /// off or written anew.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// Public keys as /.well-known/jwks.json tells them: one of them must have signed the heads.
    #[arg(long, value_name = "FILE", requires = "heads")]
    jwks: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn verify(settings: &AuditSettings, args: &VerifyArgs) -> Result<ExitCode, AuditFailure> {
    let organisation = args.organisation.map(OrganisationId::uuid);
    let asked = Asked { organisation, heads: heads_of(args)? };
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

fn heads_of(args: &VerifyArgs) -> Result<Vec<Head>, HeadsError> {
    let Some(file) = &args.heads else {
        return Ok(Vec::new());
    };
    let text = fs::read_to_string(file).map_err(|error| HeadsError::File(file.clone(), error))?;
    let keys = args.jwks.as_ref().map(|jwks| heads::keys_of(jwks)).transpose()?;
    heads::read(&text, keys.as_ref())
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
