//! `birgemiz backup FILE`: database and secrets as they are at one moment, while the service goes on.

use std::path::Path;

use super::archive::{DATABASE, FORMAT, Manifest, SECRETS, Writing};
use super::{BackupError, Passphrase, masters, secrets};
use crate::clock;
use crate::storage::dump;
use crate::storage::inspection::Inspection;

/// Saves everything into one file that was not there before.
///
/// # Errors
/// In one plain sentence; no file has that name then.
pub async fn save(
    file: &Path,
    owner_url: &str,
    secrets_dir: &Path,
    programs: Option<&Path>,
    passphrase: &Passphrase,
) -> Result<Manifest, BackupError> {
    let made_at = clock::now().to_rfc3339();
    let inspection = Inspection::begin(owner_url).await?;
    let server = inspection.server().await?;
    let program = dump::program(programs, "pg_dump", dump::major_of(server.version_number))?;
    // The dump sees the very moment that is counted here, whatever is written meanwhile.
    let moment = inspection.moment().await?;
    let database = inspection.extent().await?;
    // Read after that moment: whatever wraps a key of it is on disk by then.
    let secrets = secrets::read(secrets_dir)?;
    let masters = masters::needed(&inspection.wrapped_keys().await?);
    masters::are_all_among(&masters, &secrets)?;
    let mut writing = Writing::begin(file)?;
    // It waits for other programs and for the disk, on a thread that nobody else waits for.
    tokio::task::block_in_place(|| {
        writing.part(DATABASE, passphrase, |into| Ok(dump::take(&program, owner_url, &moment, into)?))?;
        writing.part(SECRETS, passphrase, |into| secrets::pack(&secrets, into))
    })?;
    drop(inspection);
    writing.finish(|parts| Manifest {
        format: FORMAT,
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        postgres: server.version,
        database,
        secrets: secrets.into_iter().map(|(name, _)| name).collect(),
        masters,
        parts,
    })
}
