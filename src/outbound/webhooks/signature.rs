//! Signatures of Standard Webhooks (<https://www.standardwebhooks.com>, 1.0.0): making and verifying them.
//!
//! What is signed is `id.timestamp.body`, of exactly the bytes that are sent.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::webhook::Signing;

/// Seconds by which a receiver's clock may differ from ours.
pub const TOLERANCE_S: i64 = 5 * 60;

/// What signs: 32 random bytes, as an HMAC key or as the seed of an Ed25519 key. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    signing: Signing,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A text that verifies, and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("whsec_ or whpk_ and base64 is expected")]
pub struct MalformedKey;

/// Why something that came is not what it claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// A header is missing.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// The timestamp is no number.
    #[error("webhook-timestamp is no number of seconds")]
    NoTime,
    /// It is too old, or from the future.
    #[error("webhook-timestamp is more than five minutes from now; it may be an old message sent again")]
    WrongTime,
    /// No signature of it is by this key.
    #[error("no signature is by this key: the secret is another one, or the body was changed on the way")]
    WrongSignature,
}

/// The three headers, as they came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signed<'a> {
    /// `webhook-id`.
    pub id: Option<&'a str>,
    /// `webhook-timestamp`.
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`.
    pub signature: Option<&'a str>,
}

impl Secret {
    /// One of these bytes.
    #[must_use]
    pub const fn new(signing: Signing, bytes: Vec<u8>) -> Self {
        Self { signing, bytes }
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What its owner is shown once, to verify with: the secret itself, or the public key.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.signing {
            Signing::V1 => format!("whsec_{}", STANDARD.encode(&self.bytes)),
            Signing::V1a => format!("whpk_{}", STANDARD.encode(self.public().unwrap_or_default())),
        }
    }

    /// The signature, with its version.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        let content = content(id, timestamp, body);
        let signature = match self.signing {
            Signing::V1 => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.bytes);
                STANDARD.encode(hmac::sign(&key, &content))
            }
            Signing::V1a => STANDARD.encode(self.pair()?.sign(&content)),
        };
        Some(format!("{},{signature}", self.signing))
    }

    fn pair(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(&self.bytes).ok()
    }

    fn public(&self) -> Option<Vec<u8>> {
        Some(self.pair()?.public_key().as_ref().to_vec())
    }
}

/// What verifies.
#[derive(Clone)]
pub struct Verifier {
    signing: Signing,
    bytes: Vec<u8>,
}

impl std::str::FromStr for Verifier {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let (signing, encoded) = match (text.strip_prefix("whsec_"), text.strip_prefix("whpk_")) {
            (Some(encoded), _) => (Signing::V1, encoded),
            (None, Some(encoded)) => (Signing::V1a, encoded),
            (None, None) => return Err(MalformedKey),
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| MalformedKey)?;
        if bytes.is_empty() { Err(MalformedKey) } else { Ok(Self { signing, bytes }) }
    }
}

impl Verifier {
    /// Verifies what came, at `now` in seconds. One good signature among several is enough.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn verify(&self, signed: Signed<'_>, body: &[u8], now: i64) -> Result<(), Forged> {
        let id = signed.id.filter(|id| !id.is_empty()).ok_or(Forged::Missing("webhook-id"))?;
        let timestamp = signed.timestamp.ok_or(Forged::Missing("webhook-timestamp"))?;
        let signatures = signed.signature.ok_or(Forged::Missing("webhook-signature"))?;
        let timestamp: i64 = timestamp.parse().map_err(|_| Forged::NoTime)?;
        if now.abs_diff(timestamp) > TOLERANCE_S.unsigned_abs() {
            return Err(Forged::WrongTime);
        }
        let content = content(id, timestamp, body);
        let is_good = signatures
            .split(' ')
            .filter_map(|one| one.split_once(','))
            .filter(|(version, _)| *version == self.signing.as_str())
            .filter_map(|(_, signature)| STANDARD.decode(signature).ok())
            .any(|signature| self.is_by_this_key(&content, &signature));
        if is_good { Ok(()) } else { Err(Forged::WrongSignature) }
    }

    fn is_by_this_key(&self, content: &[u8], signature: &[u8]) -> bool {
        match self.signing {
            Signing::V1 => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.bytes);
                hmac::verify(&key, content, signature).is_ok()
            }
            Signing::V1a => UnparsedPublicKey::new(&ED25519, &self.bytes).verify(content, signature).is_ok(),
        }
    }
}

fn content(id: &str, timestamp: i64, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat()
}
