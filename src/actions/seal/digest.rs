//! How a row becomes a digest and a seal a head: SHA-256 of canonical JSON (RFC 8785). `docs/audit.md` tells it to
//! others; `src/audit` computes it again by another way.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::{Value, json};

use crate::storage::StorageError;
use crate::storage::tables::seals::{Entry, FORMAT, Seal};

/// The digest of a row. Columns without a value are left out, so that one which a later release adds changes no digest.
pub(super) fn digest_of(mut row: Value) -> Result<[u8; 32], StorageError> {
    if let Some(columns) = row.as_object_mut() {
        columns.retain(|_, value| !value.is_null());
    }
    sha256(&row)
}

/// The head of a seal, given the head before it. Numbers that JavaScript could not tell exactly are texts.
pub(super) fn head_of(seal: &Seal, previous: &[u8]) -> Result<[u8; 32], StorageError> {
    let entry =
        |entry: &Entry| json!([entry.place.xid.to_string(), entry.place.seq.to_string(), hex(&entry.digest)]);
    sha256(&json!({
        "after": [seal.after.xid.to_string(), seal.after.seq.to_string()],
        "book": seal.book.as_str(),
        "entries": seal.entries.iter().map(entry).collect::<Vec<_>>(),
        "format": FORMAT,
        "number": seal.number.to_string(),
        "organisation": seal.organisation.to_string(),
        "pass": seal.pass.to_string(),
        "previous": hex(previous),
        "sealed_at": seal.sealed_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "until": [seal.until.xid.to_string(), seal.until.seq.to_string()],
    }))
}

fn sha256(value: &impl Serialize) -> Result<[u8; 32], StorageError> {
    let canonical = serde_json_canonicalizer::to_vec(value)
        .map_err(|error| StorageError::Impossible(format!("no canonical JSON: {error}")))?;
    digest(&SHA256, &canonical)
        .as_ref()
        .try_into()
        .map_err(|_| StorageError::Impossible("a digest of another length".to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_without_a_value_changes_no_digest_and_any_value_does() {
        let digest = |row: Value| digest_of(row).unwrap();
        let row = json!({"seq": 1, "kind": "request.submitted", "changes": [{"to": "open"}]});
        let later =
            json!({"seq": 1, "kind": "request.submitted", "changes": [{"to": "open"}], "added": null});
        assert_eq!(digest(row.clone()), digest(later));
        for other in [
            json!({"seq": 2, "kind": "request.submitted", "changes": [{"to": "open"}]}),
            json!({"seq": 1, "kind": "request.claimed", "changes": [{"to": "open"}]}),
            json!({"seq": 1, "kind": "request.submitted", "changes": [{"to": "open", "from": null}]}),
            json!({"seq": 1, "kind": "request.submitted", "changes": [{"to": "open"}], "added": ""}),
        ] {
            assert_ne!(digest(row.clone()), digest(other));
        }
    }
}
