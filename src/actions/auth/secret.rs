//! Secrets that are shown once: 256 random bits, told apart by what they begin with, kept as a digest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::{self, NoRandomness};

/// What a secret is for; it begins with this, so that one that leaked can be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Renews a session.
    Refresh,
    /// A partner app's secret.
    Partner,
    /// A link that works once.
    Link,
    /// A link by which somebody logs in.
    LogIn,
}

impl SecretKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "brt_",
            Self::Partner => "bps_",
            Self::Link => "bol_",
            Self::LogIn => "bll_",
        }
    }
}

/// A new secret.
///
/// # Errors
/// When the system has no randomness to give.
pub fn make(kind: SecretKind) -> Result<String, NoRandomness> {
    Ok(of(kind, &clock::random::<32>()?))
}

/// A secret of these bytes, which nobody can guess.
pub(super) fn of(kind: SecretKind, bytes: &[u8]) -> String {
    format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes))
}

/// Bytes that were written as text. None when it is no base64url.
pub(super) fn from_text(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// What is kept of a secret: with 256 random bits a plain SHA-256 cannot be searched.
#[must_use]
pub fn digest(secret: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}
