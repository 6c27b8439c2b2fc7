//! Heads on paper, so to speak: where each chain ended at some moment, signed, in a file that is kept elsewhere. By them it
//! shows whether a chain was cut off or written anew.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::id::OrganisationId;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::finding::name_of;
use crate::clock;
use crate::keys::Keys;
use crate::storage::Book;
use crate::storage::inspection::{Chain, Head};
use crate::storage::views::heads::HeadRow;

/// What is signed begins with this, as nothing else does that these keys sign.
const SIGNED: &str = "birgemiz heads\n";

/// Why heads were not written, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// The file or its folder.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// A line is none of ours.
    #[error("line {0} of the heads is not one that `birgemiz audit heads` writes")]
    Line(usize),
    /// The last line is missing, so there may be more that is.
    #[error("the heads do not end with their signature: the file is not whole")]
    Unsigned,
    /// Nobody of those signed it.
    #[error("the heads were changed, or signed with a key that is not among those given")]
    WrongSignature,
    /// The public keys.
    #[error("{0}: no JWKS")]
    NoKeys(PathBuf),
    /// The key does not sign.
    #[error("the heads could not be signed")]
    NotSigned,
}

#[derive(Serialize, Deserialize)]
struct FirstLine {
    exported_at: String,
    heads: usize,
}

#[derive(Serialize, Deserialize)]
struct HeadLine {
    book: String,
    organisation: Option<String>,
    number: i64,
    sealed_at: String,
    head: String,
}

#[derive(Serialize, Deserialize)]
struct LastLine {
    key_id: String,
    signature: String,
}

/// The heads as a file holds them: one line of JSON each, between one that says when and one that signs all before it.
///
/// # Errors
/// When the key does not sign.
pub fn written(rows: &[HeadRow], at: DateTime<Utc>, keys: &Keys) -> Result<String, HeadsError> {
    let first = FirstLine { exported_at: at.to_rfc3339_opts(SecondsFormat::Micros, true), heads: rows.len() };
    let mut lines = vec![serde_json::to_string(&first)];
    lines.extend(rows.iter().map(|row| {
        serde_json::to_string(&HeadLine {
            book: row.book.clone(),
            organisation: name_of(row.organisation_id),
            number: row.number,
            sealed_at: row.sealed_at.clone(),
            head: row.head.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }));
    let lines: Vec<String> =
        lines.into_iter().collect::<Result<_, _>>().map_err(|_| HeadsError::NotSigned)?;
    let text = lines.join("\n") + "\n";
    let key = keys.signing().ok_or(HeadsError::NotSigned)?;
    let signature = crypto::sign(format!("{SIGNED}{text}").as_bytes(), &key.signing, Algorithm::EdDSA)
        .map_err(|_| HeadsError::NotSigned)?;
    let last = LastLine { key_id: key.id.clone(), signature };
    let last = serde_json::to_string(&last).map_err(|_| HeadsError::NotSigned)?;
    Ok(text + &last + "\n")
}

/// Reads what was written, if it is whole and, where public keys are given, one of them signed it.
///
/// # Errors
/// When it is not.
pub fn read(text: &str, keys: Option<&JwkSet>) -> Result<Vec<Head>, HeadsError> {
    let whole = text.strip_suffix('\n').ok_or(HeadsError::Unsigned)?;
    let (body, last) = whole.rsplit_once('\n').ok_or(HeadsError::Unsigned)?;
    let body = format!("{body}\n");
    let last: LastLine = serde_json::from_str(last).map_err(|_| HeadsError::Unsigned)?;
    if keys.is_some_and(|keys| !is_signed(&body, &last, keys)) {
        return Err(HeadsError::WrongSignature);
    }
    let mut lines = body.lines().enumerate();
    let first = lines.next().and_then(|(_, line)| serde_json::from_str::<FirstLine>(line).ok());
    let first = first.ok_or(HeadsError::Line(1))?;
    let heads: Vec<Head> =
        lines.map(|(place, line)| head(line).ok_or(HeadsError::Line(place + 1))).collect::<Result<_, _>>()?;
    if heads.len() == first.heads { Ok(heads) } else { Err(HeadsError::Unsigned) }
}

fn is_signed(body: &str, last: &LastLine, keys: &JwkSet) -> bool {
    let key = keys.find(&last.key_id).and_then(|jwk| DecodingKey::from_jwk(jwk).ok());
    let signed = format!("{SIGNED}{body}");
    key.is_some_and(|key| {
        crypto::verify(&last.signature, signed.as_bytes(), &key, Algorithm::EdDSA).unwrap_or(false)
    })
}

fn head(line: &str) -> Option<Head> {
    let line: HeadLine = serde_json::from_str(line).ok()?;
    let organisation = match &line.organisation {
        Some(id) => OrganisationId::from_str(id).ok()?.uuid(),
        None => Uuid::nil(),
    };
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let head = line.head.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
    let chain = Chain { book: Book::named(&line.book)?, organisation };
    Some(Head { chain, number: line.number, sealed_at: line.sealed_at, head })
}

/// The file of a day, in that folder.
#[must_use]
pub fn file_of_day(folder: &Path, at: DateTime<Utc>) -> PathBuf {
    folder.join(format!("heads-{}.jsonl", at.format("%Y-%m-%d")))
}

/// Keeps a text in a file that is not there yet, for its owner alone to read. Whoever reads it finds all of it or nothing.
/// False when another process was first: theirs stays.
///
/// # Errors
/// When the folder or the file cannot be made.
pub fn keep(file: &Path, text: &str) -> Result<bool, HeadsError> {
    let failed = |error: io::Error| HeadsError::File(file.to_owned(), error);
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    let draft = file.with_extension(format!("draft-{}", clock::new_id()));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let linked = written
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::hard_link(&draft, file));
    // A file that never became one is no heads.
    let removed = fs::remove_file(&draft);
    match linked {
        Ok(()) => removed.map(|()| true).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// The public keys in a file, as `/.well-known/jwks.json` tells them.
///
/// # Errors
/// When it cannot be read, or holds something else.
pub fn keys_of(file: &Path) -> Result<JwkSet, HeadsError> {
    let text = fs::read_to_string(file).map_err(|error| HeadsError::File(file.to_owned(), error))?;
    serde_json::from_str(&text).map_err(|_| HeadsError::NoKeys(file.to_owned()))
}
