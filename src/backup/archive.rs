//! The one file: a tar with the sealed database, the sealed secrets, and last, in the clear, the manifest
//! that tells what they are and how they must look.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::sealing::{Opener, Passphrase, Sealer};
use super::{BackupError, file_error};
use crate::storage::inspection::Extent;

/// The form of the file. Another form gets another number.
pub(super) const FORMAT: u32 = 1;

pub(super) const DATABASE: &str = "database.sealed";
pub(super) const SECRETS: &str = "secrets.sealed";
const MANIFEST: &str = "manifest.json";

/// A manifest is some kilobytes.
const MOST_MANIFEST: u64 = 4 << 20;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub format: u32,
    /// The release that made it.
    pub made_by: String,
    /// When, in RFC 3339.
    pub made_at: String,
    /// The Postgres that it was taken from.
    pub postgres: String,
    /// How much the database held, photos included: they are rows of it.
    pub database: Extent,
    /// The names of the secrets' files.
    pub secrets: Vec<String>,
    /// Of them, the files of the master keys without which private data in the database cannot be opened.
    #[serde(default)]
    pub masters: Vec<String>,
    /// Its parts as they are in the file.
    pub parts: BTreeMap<String, Part>,
}

/// One part of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its length.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A backup in the making: a draft that gets its name only when it is whole and on disk.
pub(super) struct Writing {
    name: PathBuf,
    draft: PathBuf,
    tar: tar::Builder<File>,
    parts: BTreeMap<String, Part>,
}

impl Writing {
    pub(super) fn begin(name: &Path) -> Result<Self, BackupError> {
        if name.exists() {
            return Err(BackupError::Exists(name.to_owned()));
        }
        let mut draft = name.as_os_str().to_owned();
        draft.push(".draft");
        let draft = PathBuf::from(draft);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        let file = file.map_err(file_error(&draft))?;
        Ok(Self { name: name.to_owned(), draft, tar: tar::Builder::new(file), parts: BTreeMap::new() })
    }

    /// Seals what `fill` writes as one part.
    pub(super) fn part(
        &mut self,
        name: &str,
        passphrase: &Passphrase,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), BackupError>,
    ) -> Result<(), BackupError> {
        let stream = |error| BackupError::Stream("writing the backup", error);
        let mut header = header();
        let entry = self.tar.append_writer(&mut header, name).map_err(stream)?;
        let mut digested = Digested { into: entry, digest: Context::new(&SHA256), bytes: 0 };
        let mut sealer = Sealer::new(&mut digested, passphrase, name)?;
        fill(&mut sealer)?;
        sealer.finish()?;
        let part = Part { bytes: digested.bytes, sha256: hexadecimal(digested.digest) };
        digested.into.finish().map_err(stream)?;
        self.parts.insert(name.to_owned(), part);
        Ok(())
    }

    /// Adds the manifest and gives the file its name.
    pub(super) fn finish(
        mut self,
        manifest: impl FnOnce(BTreeMap<String, Part>) -> Manifest,
    ) -> Result<Manifest, BackupError> {
        let stream = |error| BackupError::Stream("writing the backup", error);
        let manifest = manifest(std::mem::take(&mut self.parts));
        let text = serde_json::to_vec_pretty(&manifest).map_err(|error| stream(error.into()))?;
        let mut header = header();
        header.set_size(text.len() as u64);
        self.tar.append_data(&mut header, MANIFEST, text.as_slice()).map_err(stream)?;
        let Self { name, draft, tar, .. } = self;
        tar.into_inner().and_then(|file| file.sync_all()).map_err(file_error(&draft))?;
        // A hard link, unlike a renaming, never takes the place of what appeared meanwhile.
        fs::hard_link(&draft, &name).map_err(file_error(&name))?;
        fs::remove_file(&draft).map_err(file_error(&draft))?;
        Ok(manifest)
    }
}

fn header() -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o600);
    header
}

/// A backup that was found whole: every part has the length and digest that its manifest says.
pub(super) struct Archive {
    path: PathBuf,
    pub(super) manifest: Manifest,
}

impl Archive {
    /// Reads all of it once.
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let damaged = |why: String| BackupError::Damaged(path.to_owned(), why);
        let mut found = BTreeMap::new();
        let mut manifest = None;
        let mut tar = tar::Archive::new(File::open(path).map_err(file_error(path))?);
        for entry in tar.entries().map_err(|error| damaged(error.to_string()))? {
            let mut entry = entry.map_err(|error| damaged(error.to_string()))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if name == MANIFEST {
                let mut text = String::new();
                let read = (&mut entry).take(MOST_MANIFEST).read_to_string(&mut text);
                read.map_err(|error| damaged(error.to_string()))?;
                manifest = Some(text);
            } else {
                let mut digested = Digested { into: io::sink(), digest: Context::new(&SHA256), bytes: 0 };
                io::copy(&mut entry, &mut digested).map_err(|error| damaged(error.to_string()))?;
                found.insert(name, Part { bytes: digested.bytes, sha256: hexadecimal(digested.digest) });
            }
        }
        let text = manifest.ok_or_else(|| damaged("it has no manifest".to_owned()))?;
        let manifest: Manifest =
            serde_json::from_str(&text).map_err(|error| damaged(format!("its manifest: {error}")))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("it has format {}, this release reads {FORMAT}", manifest.format)));
        }
        if manifest.parts != found || ![DATABASE, SECRETS].iter().all(|part| found.contains_key(*part)) {
            return Err(damaged("its parts are not those that its manifest tells of".to_owned()));
        }
        Ok(Self { path: path.to_owned(), manifest })
    }

    /// Opens one part and lends it.
    pub(super) fn part<T>(
        &self,
        name: &str,
        passphrase: &Passphrase,
        read: impl FnOnce(&mut dyn Read) -> Result<T, BackupError>,
    ) -> Result<T, BackupError> {
        let damaged = |error: io::Error| BackupError::Damaged(self.path.clone(), error.to_string());
        let mut tar = tar::Archive::new(File::open(&self.path).map_err(file_error(&self.path))?);
        for entry in tar.entries().map_err(damaged)? {
            let entry = entry.map_err(damaged)?;
            if *entry.path_bytes() == *name.as_bytes() {
                return read(&mut Opener::new(entry, passphrase, name)?);
            }
        }
        Err(BackupError::Damaged(self.path.clone(), format!("it has no {name}")))
    }
}

/// Counts and digests what passes.
struct Digested<W> {
    into: W,
    digest: Context,
    bytes: u64,
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

fn hexadecimal(digest: Context) -> String {
    digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
