//! `birgemiz audit heads`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::AuditFailure;
use crate::audit::heads;
use crate::clock;
use crate::config::AuditSettings;
use crate::keys::Keys;
use crate::startup;
use crate::storage::inspection::Inspection;
use crate::storage::views::heads::HeadRow;

/// What is to be told.
#[derive(Debug, Args)]
pub(super) struct HeadsArgs {
    /// Write them here, into a file that is not there yet, in place of printing them.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

pub(super) fn tell(settings: &AuditSettings, args: &HeadsArgs) -> Result<ExitCode, AuditFailure> {
    let secrets = settings.secrets_folder();
    if !secrets.is_dir() {
        return Err(AuditFailure::NoSecrets(secrets));
    }
    let keys = Keys::load_or_make(&secrets)?;
    let found = startup::look_once(&settings.database, async |urls| {
        let inspection = Inspection::begin(&urls.owner).await?;
        inspection.heads().await.map_err(AuditFailure::from)
    })?;
    let rows: Vec<HeadRow> = found
        .into_iter()
        .map(|head| HeadRow {
            book: head.chain.book.as_str().to_owned(),
            organisation_id: head.chain.organisation,
            number: head.number,
            sealed_at: head.sealed_at,
            head: head.head,
        })
        .collect();
    let text = heads::written(&rows, clock::now(), &keys)?;
    match &args.write {
        None => print!("{text}"),
        Some(file) if heads::keep(file, &text)? => println!("{}: {} heads", file.display(), rows.len()),
        Some(file) => return Err(AuditFailure::IsThere(file.clone())),
    }
    Ok(ExitCode::SUCCESS)
}
