//! The keys that sign access tokens, and when each does: one signs at a time, the others wait for their turn or
//! verify what they have signed until that has run out.
//!
//! A key's file tells from when it signs, so every process that reads the folder decides alike, and nothing needs to be
//! told to anybody.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::signature::Ed25519KeyPair;
use chrono::{DateTime, NaiveDateTime, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use super::{KeysError, files};
use crate::clock;

/// How long an access token is good for. Nothing that a key signs lasts longer.
pub const TOKEN_LIFETIME_S: i64 = 600;

/// How long a key verifies once another signs: the last token of a machine whose clock is a minute late, and the
/// leeway with which that is read.
const VERIFIES_ON_S: i64 = TOKEN_LIFETIME_S + 90;

/// The first key's file; those of later ones have a moment before the ending.
const FIRST: &str = "token-signing.pk8";
const BEGINS: &str = "token-signing";
const ENDS: &str = ".pk8";
const MOMENT: &str = "-%Y%m%dT%H%M%SZ";

/// A key, which signs by one algorithm and no other: Ed25519 (RFC 8037).
pub struct SigningKey {
    /// Its name, `kid`: the thumbprint of its public half (RFC 7638).
    pub(crate) id: String,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    jwk: Jwk,
    /// The second from which it signs.
    from: i64,
}

/// What a key does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is published, and does not sign yet.
    Waits,
    /// It signs, and verifies.
    Signs,
    /// It verifies what it has signed.
    Verifies,
    /// Whatever it has signed has run out.
    Retired,
}

/// All keys of the folder, in the order of their turns.
pub(super) struct Ring {
    keys: Vec<Arc<SigningKey>>,
}

impl Ring {
    /// Reads the keys of a folder; makes one where there is none.
    pub(super) fn load_or_make(folder: &Path) -> Result<Self, KeysError> {
        if named(folder)?.is_empty() {
            files::read_or_make(&folder.join(FIRST), new_key)?;
        }
        Self::load(folder)
    }

    /// Reads the keys of a folder.
    pub(super) fn load(folder: &Path) -> Result<Self, KeysError> {
        let mut keys = Vec::new();
        for (path, from) in named(folder)? {
            let unusable = || KeysError::Unusable(path.display().to_string());
            let from = from.ok_or_else(unusable)?;
            keys.push(Arc::new(SigningKey::of(&files::read(&path)?, from).ok_or_else(unusable)?));
        }
        if keys.is_empty() {
            return Err(KeysError::Unusable(folder.join(FIRST).display().to_string()));
        }
        keys.sort_by(|one, other| (one.from, &one.id).cmp(&(other.from, &other.id)));
        Ok(Self { keys })
    }

    /// The one that signs.
    pub(super) fn signing(&self, now: i64) -> Option<Arc<SigningKey>> {
        // If all wait, because the one before was lost, the first of them signs.
        self.keys.iter().rfind(|key| key.from <= now).or_else(|| self.keys.first()).cloned()
    }

    /// The one of that name, if it may have signed something that is good now.
    pub(super) fn verifying(&self, id: &str, now: i64) -> Option<Arc<SigningKey>> {
        self.published(now).find(|key| key.id == id).cloned()
    }

    /// The public halves of all that sign, have signed, or will.
    pub(super) fn jwks(&self, now: i64) -> JwkSet {
        JwkSet { keys: self.published(now).map(|key| key.jwk.clone()).collect() }
    }

    /// Each key's name, when its turn begins, and what it does now.
    pub(super) fn turns(&self, now: i64) -> Vec<(String, Option<DateTime<Utc>>, Turn)> {
        let signs = self.signing(now).map(|key| key.id.clone());
        let next = self.keys.iter().skip(1).map(Some).chain([None]);
        self.keys
            .iter()
            .zip(next)
            .map(|(key, next)| {
                let turn = if signs.as_ref() == Some(&key.id) {
                    Turn::Signs
                } else if key.from > now {
                    Turn::Waits
                } else if is_retired(next, now) {
                    Turn::Retired
                } else {
                    Turn::Verifies
                };
                (key.id.clone(), DateTime::from_timestamp(key.from, 0), turn)
            })
            .collect()
    }

    fn published(&self, now: i64) -> impl Iterator<Item = &Arc<SigningKey>> {
        let next = self.keys.iter().skip(1).map(Some).chain([None]);
        self.keys.iter().zip(next).filter(move |(_, next)| !is_retired(*next, now)).map(|(key, _)| key)
    }
}

/// Whether all has run out that a key signed before the next one did.
fn is_retired(next: Option<&Arc<SigningKey>>, now: i64) -> bool {
    next.is_some_and(|next| next.from.saturating_add(VERIFIES_ON_S) <= now)
}

impl SigningKey {
    fn of(pkcs8: &[u8], from: i64) -> Option<Self> {
        // Parsing checks the file: `EncodingKey` alone would take any bytes.
        Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let signing = EncodingKey::from_ed_der(pkcs8);
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).ok()?;
        let id = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        jwk.common.key_id = Some(id.clone());
        let verifying = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self { id, signing, verifying, jwk, from })
    }
}

/// Adds a key whose turn begins then.
pub(super) fn add(folder: &Path, from: DateTime<Utc>) -> Result<(), KeysError> {
    let path = folder.join(format!("{BEGINS}{}{ENDS}", from.format(MOMENT)));
    files::write_once(&path, &new_key()?)
}

/// Removes every key but those whose turn begins at that second.
pub(super) fn remove_all_but(folder: &Path, from: i64) -> Result<(), KeysError> {
    for (path, _) in named(folder)?.iter().filter(|(_, begins)| *begins != Some(from)) {
        files::remove(path)?;
    }
    Ok(())
}

/// Removes the keys whose turn began before that second.
pub(super) fn remove_all_before(folder: &Path, from: i64) -> Result<(), KeysError> {
    for (path, _) in named(folder)?.iter().filter(|(_, begins)| begins.is_some_and(|begins| begins < from)) {
        files::remove(path)?;
    }
    Ok(())
}

/// From when the key signs since whose beginning everything has run out that others signed; its forerunners can go.
pub(super) fn settled_since(folder: &Path, now: i64) -> Result<Option<i64>, KeysError> {
    let begun = named(folder)?.into_iter().filter_map(|(_, from)| from);
    Ok(begun.filter(|from| from.saturating_add(VERIFIES_ON_S) <= now).max())
}

/// The files of keys, and the second from which each signs: none where the name does not tell.
fn named(folder: &Path) -> Result<Vec<(std::path::PathBuf, Option<i64>)>, KeysError> {
    let found = files::list(folder)?.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        let moment = name.strip_prefix(BEGINS)?.strip_suffix(ENDS)?;
        let from = if name == FIRST {
            Some(i64::MIN)
        } else {
            NaiveDateTime::parse_from_str(moment, MOMENT).ok().map(|moment| moment.and_utc().timestamp())
        };
        Some((path, from))
    });
    Ok(found.collect())
}

fn new_key() -> Result<Vec<u8>, KeysError> {
    // Version 1: the library that makes the public JWK takes no other.
    let made = Ed25519KeyPair::generate_pkcs8v1(&aws_lc_rs::rand::SystemRandom::new())
        .map_err(|_| clock::NoRandomness)?;
    Ok(made.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_000_000;

    fn ring(turns: &[i64]) -> Ring {
        let key = |from: &i64| Arc::new(SigningKey::of(&new_key().unwrap(), *from).unwrap());
        Ring { keys: turns.iter().map(key).collect() }
    }

    fn turns(ring: &Ring, now: i64) -> Vec<Turn> {
        ring.turns(now).into_iter().map(|(_, _, turn)| turn).collect()
    }

    #[test]
    fn a_key_is_published_before_it_signs_and_until_what_it_signed_has_run_out() {
        use Turn::{Retired, Signs, Verifies, Waits};
        let ring = ring(&[i64::MIN, NOON]);
        for (after, expected, published) in [
            (-1, [Signs, Waits], 2),
            (0, [Verifies, Signs], 2),
            (VERIFIES_ON_S - 1, [Verifies, Signs], 2),
            (VERIFIES_ON_S, [Retired, Signs], 1),
        ] {
            assert_eq!(turns(&ring, NOON + after), expected, "{after} s after its turn began");
            assert_eq!(ring.jwks(NOON + after).keys.len(), published, "{after}");
        }
        let first = ring.keys[0].id.clone();
        assert!(ring.verifying(&first, NOON + VERIFIES_ON_S - 1).is_some());
        assert!(ring.verifying(&first, NOON + VERIFIES_ON_S).is_none());
    }

    #[test]
    fn whichever_second_it_is_one_key_signs() {
        let ring = ring(&[NOON, NOON + 10, NOON + 20]);
        for (after, expected) in [(-5, 0), (0, 0), (9, 0), (10, 1), (19, 1), (20, 2), (5_000, 2)] {
            let signs = ring.signing(NOON + after).unwrap();
            assert_eq!(signs.id, ring.keys[expected].id, "{after}");
            assert!(ring.verifying(&signs.id, NOON + after).is_some(), "{after}");
        }
    }
}
