//! The service's secrets: the keys that sign tokens, by turns, and the one that keys hashes of short codes.
//!
//! Made at the first start, kept in files that only the service may read, never in the database.

mod files;
mod follow;
mod ring;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;

pub use follow::{LOOK_EVERY, follow};
pub use ring::{SigningKey, TOKEN_LIFETIME_S, Turn};

use crate::clock;
use ring::Ring;

/// The keys of one deployment. All processes of a deployment share the folder.
pub struct Keys {
    folder: PathBuf,
    ring: ArcSwap<Ring>,
    code: hmac::Key,
    sealing: LessSafeKey,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file could not be read or written.
    #[error("secret file {path}: {error}")]
    File { path: String, error: std::io::Error },
    /// Others may read it.
    #[error("secret file {0} is readable by others; run: chmod 600 {0}")]
    Mode(String),
    /// It does not hold what it should.
    #[error("secret file {0} does not hold a usable key; restore it from the backup")]
    Unusable(String),
    /// One after the other.
    #[error("another key waits for its turn already, from {0}; wait until it signs")]
    Waits(DateTime<Utc>),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] clock::NoRandomness),
}

impl Keys {
    /// Reads the keys from a folder, or makes them there at the first start.
    ///
    /// # Errors
    /// When a file cannot be used, or others may read it.
    pub fn load_or_make(folder: &Path) -> Result<Self, KeysError> {
        files::require_private(folder)?;
        let path = folder.join("code-hashing.key");
        let code = files::read_or_make(&path, || Ok(clock::random::<32>()?.to_vec()))?;
        let code = hmac::Key::new(hmac::HMAC_SHA256, &code);
        // A key of its own, so that nothing which is hashed under the other can ever be one.
        let sealing = hmac::sign(&code, b"key that seals secrets in the database");
        let sealing = UnboundKey::new(&AES_256_GCM, sealing.as_ref())
            .map_err(|_| KeysError::Unusable(path.display().to_string()))?;
        Ok(Self {
            folder: folder.to_owned(),
            ring: ArcSwap::from_pointee(Ring::load_or_make(folder)?),
            code,
            sealing: LessSafeKey::new(sealing),
        })
    }

    /// The key that signs now. None only if there is no key at all, with which no process starts.
    #[must_use]
    pub fn signing(&self) -> Option<Arc<SigningKey>> {
        self.ring.load().signing(now())
    }

    /// The key of that name, if it may have signed something that is good now.
    #[must_use]
    pub fn verifying(&self, id: &str) -> Option<Arc<SigningKey>> {
        self.ring.load().verifying(id, now())
    }

    /// The public keys, as RFC 7517 writes them: of all that sign, have signed what is still good, or will sign soon.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        self.ring.load().jwks(now())
    }

    /// Reads the signing keys again.
    ///
    /// # Errors
    /// When a file cannot be used, or others may read it; nothing is changed then.
    pub fn look_again(&self) -> Result<(), KeysError> {
        self.ring.store(Arc::new(Ring::load(&self.folder)?));
        Ok(())
    }

    /// A keyed hash of a short code, which a bare hash would not hide: a phrase has few digits.
    #[must_use]
    pub fn mac(&self, purpose: &str, code: &str) -> Vec<u8> {
        hmac::sign(&self.code, format!("{purpose}\n{code}").as_bytes()).as_ref().to_vec()
    }

    /// A secret that must be had again, as a database may keep it: AES-256-GCM under a key that is in no database,
    /// good for this purpose alone.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, clock::NoRandomness> {
        let nonce = clock::random::<NONCE_LEN>()?;
        let mut sealed = secret.to_vec();
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut sealed)
            .map_err(|_| clock::NoRandomness)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What [`Self::seal`] sealed for this purpose; none when it was changed, or sealed by other keys.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.sealing.open_in_place(nonce, Aad::from(purpose), &mut bytes).ok()?;
        Some(opened.to_vec())
    }
}

/// When a new key's turn begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewTurn {
    /// After so long, during which it is published already, and then nothing is refused.
    In(TimeDelta),
    /// Now, and all others go: somebody may have them. What they signed is refused.
    AtOnce,
}

/// A key of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, `kid`.
    pub id: String,
    /// From when it signs; none for the first.
    pub signs_from: Option<DateTime<Utc>>,
    /// What it does now.
    pub turn: Turn,
}

/// Makes a new key that signs, and removes those whose tokens have all run out.
///
/// # Errors
/// When a file cannot be used, others may read it, or another key waits for its turn.
pub fn rotate(folder: &Path, turn: NewTurn) -> Result<(), KeysError> {
    files::require_private(folder)?;
    let now = clock::now();
    let second = now.timestamp();
    match turn {
        NewTurn::AtOnce => {
            ring::add(folder, now)?;
            ring::remove_all_but(folder, second)
        }
        NewTurn::In(lead) => {
            let waits = list(folder)?.into_iter().filter(|key| key.turn == Turn::Waits);
            if let Some(from) = waits.filter_map(|key| key.signs_from).max() {
                return Err(KeysError::Waits(from));
            }
            ring::add(folder, now + lead)?;
            match ring::settled_since(folder, second)? {
                Some(since) => ring::remove_all_before(folder, since),
                None => Ok(()),
            }
        }
    }
}

/// The signing keys of a folder, in the order of their turns.
///
/// # Errors
/// When a file cannot be used, or others may read it.
pub fn list(folder: &Path) -> Result<Vec<Listed>, KeysError> {
    let turns = Ring::load(folder)?.turns(now());
    Ok(turns.into_iter().map(|(id, signs_from, turn)| Listed { id, signs_from, turn }).collect())
}

fn now() -> i64 {
    clock::now().timestamp()
}
