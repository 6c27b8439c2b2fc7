//! A partner app shows who it is by a signature: `private_key_jwt` (RFC 7523, section 3).
//!
//! Here the other side writes the claims. So each of them is wanted and of its type, and nothing in the header chooses how
//! it is verified but the name of a key that an administrator has entered for this very partner app.

use chrono::TimeDelta;
use domain::Moment;
use domain::refusal::Code;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};

use super::secret;
use crate::actions::{Flaw, Refusal};
use crate::storage::Unit;
use crate::storage::tables::client_assertions;
use crate::storage::tables::partners::PartnerRow;

/// For how long one may be good.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// By how much the partner app's clock may be ahead.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

/// The longest that one may be, in bytes. Those of our own example have 500.
const LONGEST_TEXT: usize = 4_096;

/// The longest name of one.
const LONGEST_NAME: usize = 255;

/// A public key, as RFC 7517 writes it. The algorithm follows from it, and from nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty", deny_unknown_fields)]
pub enum PublicKey {
    /// Ed25519 (RFC 8037).
    #[serde(rename = "OKP")]
    Edwards { kid: String, crv: EdwardsCurve, x: String },
    /// ES256.
    #[serde(rename = "EC")]
    Elliptic { kid: String, crv: EllipticCurve, x: String, y: String },
}

/// The curve of EdDSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EdwardsCurve {
    /// Ed25519.
    Ed25519,
}

/// The curve of ES256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EllipticCurve {
    /// NIST P-256.
    #[serde(rename = "P-256")]
    P256,
}

impl PublicKey {
    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &str {
        match self {
            Self::Edwards { kid, .. } | Self::Elliptic { kid, .. } => kid,
        }
    }

    fn verifying(&self) -> Option<(Algorithm, DecodingKey)> {
        match self {
            Self::Edwards { x, .. } => Some((Algorithm::EdDSA, DecodingKey::from_ed_components(x).ok()?)),
            Self::Elliptic { x, y, .. } => {
                Some((Algorithm::ES256, DecodingKey::from_ec_components(x, y).ok()?))
            }
        }
    }

    /// Refuses what is no key, so that nobody finds out when their app does not start.
    ///
    /// # Errors
    /// Names the coordinate at fault.
    pub fn check(&self, pointer: &str) -> Result<(), Flaw> {
        use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
        let bytes = |text: &str, name: &str| {
            let bytes = secret::from_text(text).filter(|bytes| bytes.len() == 32);
            bytes.ok_or_else(|| {
                Flaw::value(format!("{pointer}/{name}"), "32 bytes in base64url without padding")
            })
        };
        let (algorithm, point): (&'static dyn aws_lc_rs::signature::VerificationAlgorithm, _) = match self {
            Self::Edwards { x, .. } => (&ED25519, bytes(x, "x")?),
            Self::Elliptic { x, y, .. } => {
                (&ECDSA_P256_SHA256_FIXED, [vec![4], bytes(x, "x")?, bytes(y, "y")?].concat())
            }
        };
        let parsed = ParsedPublicKey::new(algorithm, point);
        parsed.map(drop).map_err(|_| Flaw::value(format!("{pointer}/x"), "a point of the curve"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    kid: String,
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    jti: String,
    iat: i64,
    exp: i64,
    nbf: Option<i64>,
}

/// Accepts an assertion of a partner app, once.
///
/// # Errors
/// In one way, whatever is wrong with it.
pub(super) async fn accept(
    unit: &mut Unit<'_>,
    partner: &PartnerRow,
    (assertion, audience): (&str, &str),
) -> Result<(), Refusal> {
    let keys = client_assertions::public_keys(unit, partner.partner()).await?;
    let keys: Vec<PublicKey> = keys.and_then(|keys| serde_json::from_value(keys).ok()).unwrap_or_default();
    let claims = verified(assertion, &keys).ok_or(Code::WrongCredentials)?;
    let name = partner.partner().to_string();
    let is_theirs = claims.iss == name && claims.sub == name && claims.aud == audience;
    let named = (1..=LONGEST_NAME).contains(&claims.jti.len());
    let end = end(&claims, unit.now).filter(|_| is_theirs && named).ok_or(Code::WrongCredentials)?;
    if !client_assertions::show(unit, partner, &secret::digest(&claims.jti), end).await? {
        return Err(Code::WrongCredentials.into());
    }
    Ok(())
}

/// When it runs out, if it is good now.
fn end(claims: &Claims, now: Moment) -> Option<Moment> {
    let at = |second| chrono::DateTime::from_timestamp(second, 0);
    let (issued, end) = (at(claims.iat)?, at(claims.exp)?);
    let begins = claims.nbf.map_or(Some(issued), at)?;
    let timely = issued <= now + LEEWAY && begins <= now + LEEWAY && now < end && end - issued <= LONGEST;
    timely.then_some(end)
}

/// What an assertion says, if one of these keys has signed it.
fn verified(assertion: &str, keys: &[PublicKey]) -> Option<Claims> {
    if assertion.len() > LONGEST_TEXT {
        return None;
    }
    let (head, _) = assertion.split_once('.')?;
    let head: Head = serde_json::from_slice(&secret::from_text(head)?).ok()?;
    let key = keys.iter().find(|key| key.kid() == head.kid)?;
    let (algorithm, verifying) = key.verifying()?;
    let word = if algorithm == Algorithm::EdDSA { "EdDSA" } else { "ES256" };
    let typ = head.typ.as_deref().is_none_or(|typ| ["JWT", "client-authentication+jwt"].contains(&typ));
    if head.alg != word || !typ {
        return None;
    }
    // Only the signature is the library's: it would let pass claims of wrong types.
    let mut signature = Validation::new(algorithm);
    signature.validate_exp = false;
    signature.validate_aud = false;
    signature.required_spec_claims.clear();
    Some(jsonwebtoken::decode::<Claims>(assertion, &verifying, &signature).ok()?.claims)
}
