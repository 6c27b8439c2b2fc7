//! The service's secrets: the key that signs tokens, and the one that keys hashes of short codes.
//!
//! Made at the first start, kept in files that only the service may read, never in the database.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use crate::clock;

/// The keys of one deployment. All processes of a deployment share the folder.
pub struct Keys {
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    pub(crate) key_id: String,
    jwks: JwkSet,
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
        fs::create_dir_all(folder).map_err(|error| file_error(folder, error))?;
        let pkcs8 = file_or_make(&folder.join("token-signing.pk8"), || {
            // Version 1: the library that makes the public JWK takes no other.
            let made = Ed25519KeyPair::generate_pkcs8v1(&aws_lc_rs::rand::SystemRandom::new())
                .map_err(|_| clock::NoRandomness)?;
            Ok(made.as_ref().to_vec())
        })?;
        let code = file_or_make(&folder.join("code-hashing.key"), || Ok(clock::random::<32>()?.to_vec()))?;
        let unusable = || KeysError::Unusable(folder.join("token-signing.pk8").display().to_string());
        // Parsing checks the file: `EncodingKey` alone would take any bytes.
        Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| unusable())?;
        let signing = EncodingKey::from_ed_der(&pkcs8);
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(|_| unusable())?;
        let key_id = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).map_err(|_| unusable())?;
        jwk.common.key_id = Some(key_id.clone());
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|_| unusable())?;
        let code = hmac::Key::new(hmac::HMAC_SHA256, &code);
        // A key of its own, so that nothing which is hashed under the other can ever be one.
        let sealing = hmac::sign(&code, b"key that seals secrets in the database");
        let sealing = UnboundKey::new(&AES_256_GCM, sealing.as_ref()).map_err(|_| unusable())?;
        Ok(Self {
            signing,
            verifying,
            key_id,
            jwks: JwkSet { keys: vec![jwk] },
            code,
            sealing: LessSafeKey::new(sealing),
        })
    }

    /// The public keys, as RFC 7517 writes them.
    #[must_use]
    pub const fn jwks(&self) -> &JwkSet {
        &self.jwks
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

fn file_error(path: &Path, error: std::io::Error) -> KeysError {
    KeysError::File { path: path.display().to_string(), error }
}

fn file_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<Vec<u8>, KeysError>,
) -> Result<Vec<u8>, KeysError> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Err(KeysError::Mode(path.display().to_string()))
        }
        Ok(_) => fs::read(path).map_err(|error| file_error(path, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            write_once(path, &make()?)?;
            fs::read(path).map_err(|error| file_error(path, error))
        }
        Err(error) => Err(file_error(path, error)),
    }
}

/// Writes to a file of its own and links it in place: of two processes that start together, one
/// wins and both then read the same key.
fn write_once(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let draft = path.with_extension(format!("draft-{}", clock::new_id()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => Ok(()),
        });
    let removed = fs::remove_file(&draft);
    written.and(removed).map_err(|error| file_error(path, error))
}
