//! Who was erased, in a file outside the database: a backup of before has them still, and by this list they are erased
//! again once it is restored. It holds ids only.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::id::HouseholdId;

use crate::clock;

/// The list in a folder.
#[must_use]
pub fn list_in(folder: &Path) -> PathBuf {
    folder.join("erased.list")
}

/// Who is on the list; nobody where there is none yet.
///
/// # Errors
/// When it cannot be read, or has a line that is no household's id: then it is not known who is missing.
pub fn read(file: &Path) -> io::Result<BTreeSet<HouseholdId>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let id = |line: &str| line.parse().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
    text.lines().map(id).collect()
}

/// Writes the list anew: all of it or nothing, and on disk once this returns.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, erased: &BTreeSet<HouseholdId>) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let text: String = erased.iter().map(|id| format!("{id}\n")).collect();
    let draft = file.with_extension(format!("draft-{}", clock::new_id()));
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(&draft, file)?;
    folder.map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}
