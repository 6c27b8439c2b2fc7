//! The file of settings: TOML, one key a setting. A key that nobody knows is refused, because a setting
//! that was misspelt and silently ignored is worse than a service that does not start.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::known::{self, Setting};

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the file of settings {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It is not TOML.
    #[error("the file of settings {0} is not TOML: {1}")]
    NotToml(PathBuf, String),
    /// Nobody knows that key.
    #[error("the file of settings {0} has the key `{1}`, which is not known; did you mean `{2}`?")]
    UnknownKey(PathBuf, String, String),
    /// It is no plain value.
    #[error("the file of settings {0}: `{1}` must be a text, a number, true or false, or a list of them")]
    NotPlain(PathBuf, String),
    /// Others may read a secret in it.
    #[error(
        "the file of settings {0} holds the secret `{1}` and everybody may read it; run: chmod o-rwx {0}"
    )]
    Open(PathBuf, String),
    /// Nobody knows that variable.
    #[error(
        "the environment has {0}, which is not known; did you mean {1}? Unset it if it is not meant for Birgemiz"
    )]
    UnknownVariable(String, String),
    /// A secret is given twice.
    #[error("the environment has both {0} and {1}; unset one of them")]
    Twice(String, String),
    /// The file of a secret cannot be read.
    #[error("{0} names {1}, which cannot be read: {2}")]
    SecretUnreadable(String, PathBuf, std::io::Error),
}

/// A file of settings that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SettingsFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its keys, each with its values as text.
    pub(super) values: BTreeMap<String, Vec<String>>,
}

/// Reads the file, and refuses what is not a setting.
pub(super) fn read(path: &Path, known: &[Setting]) -> Result<SettingsFile, SettingsError> {
    let unreadable = |error| SettingsError::Unreadable(path.to_owned(), error);
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
    let file = parse(path, &text, known)?;
    let secret = known.iter().find(|setting| setting.is_secret && file.values.contains_key(&setting.key));
    match secret {
        Some(secret) if mode & 0o007 != 0 => Err(SettingsError::Open(path.to_owned(), secret.key.clone())),
        Some(_) | None => Ok(file),
    }
}

fn parse(path: &Path, text: &str, known: &[Setting]) -> Result<SettingsFile, SettingsError> {
    // Only where the mistake is: the parser's whole message would quote the line, and it may hold a secret.
    let table: Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).map_or(1, |before| before.lines().count().max(1));
        SettingsError::NotToml(path.to_owned(), format!("line {line}: {}", error.message()))
    })?;
    let keys: Vec<String> = known
        .iter()
        .filter(|setting| setting.key != "config")
        .flat_map(|setting| [Some(setting.key.clone()), setting.file_key()])
        .flatten()
        .collect();
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !keys.contains(&key) {
            let nearest = known::nearest(&key, keys.iter().map(String::as_str)).to_owned();
            return Err(SettingsError::UnknownKey(path.to_owned(), key, nearest));
        }
        let plain = plain(value).ok_or_else(|| SettingsError::NotPlain(path.to_owned(), key.clone()))?;
        values.insert(key, plain);
    }
    Ok(SettingsFile { path: path.to_owned(), values })
}

fn plain(value: Value) -> Option<Vec<String>> {
    let one = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    };
    if let Value::Array(values) = value {
        return values.into_iter().map(one).collect();
    }
    one(value).map(|value| vec![value])
}
