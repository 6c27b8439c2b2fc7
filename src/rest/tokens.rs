//! Access tokens: short-lived, signed with EdDSA, in the form of RFC 9068.
//!
//! The library checks the signature and the times; what it leaves open (a wrong `typ`, an unknown
//! `crit`, a far `exp`, a claim of the wrong type) is refused here.
//!
//! [`super::known_tokens`] remembers which were found good.

use domain::Moment;
use domain::actor::{Role, Scope};
use domain::id::{PartnerId, SessionId, UserId};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::keys::{self, Keys};
use crate::planted::{Bug, is_planted};

/// How long an access token is good for.
pub const LIFETIME_S: i64 = keys::TOKEN_LIFETIME_S;

const TYPE: &str = "at+jwt";
/// One for all servers of a deployment, wherever each listens; the key tells deployments apart.
const ISSUER: &str = "birgemiz";
const AUDIENCE: &str = "birgemiz";
pub(super) const LEEWAY_S: i64 = 5;

/// Whom a token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A person, in this role, logged in by this session.
    Person { user: UserId, role: Role, session: SessionId },
    /// A partner app, with these scopes.
    Partner { partner: PartnerId, scopes: Vec<Scope> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    // What the library alone would let pass can only be seen where a missing one is read at all.
    #[cfg_attr(feature = "planted_bugs", serde(default))]
    aud: String,
    sub: String,
    client_id: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// Signs a token for `bearer`, good from now on. `None` when signing fails.
#[must_use]
pub fn sign(keys: &Keys, bearer: &Bearer, now: Moment) -> Option<String> {
    let (sub, client_id, person, scope) = match bearer {
        Bearer::Person { user, role, session } => {
            (user.to_string(), "birgemiz".to_owned(), Some((*role, *session)), None)
        }
        Bearer::Partner { partner, scopes } => {
            let scope = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
            (partner.to_string(), partner.to_string(), None, Some(scope))
        }
    };
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub,
        client_id,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: now.timestamp() + LIFETIME_S,
        jti: clock::new_id().to_string(),
        role: person.map(|(role, _)| role),
        sid: person.map(|(_, session)| session),
        scope,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    let key = keys.signing()?;
    header.kid = Some(key.id.clone());
    jsonwebtoken::encode(&header, &claims, &key.signing).ok()
}

/// A token that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whom it names.
    pub bearer: Bearer,
    /// The second in which it runs out.
    pub end: i64,
    /// The name of the key that signed it.
    pub key: String,
}

/// Whom a token names, if it is one of ours and good now. `None` whatever is wrong with it: why is nobody's
/// business who cannot sign one.
#[must_use]
pub fn verify(keys: &Keys, token: &str) -> Option<Verified> {
    let key = keys.verifying(&key_named_in(token)?)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    let required: &[&str] = if is_planted(Bug::OptionalAudience) {
        &["exp", "nbf", "iss", "sub"]
    } else {
        &["exp", "nbf", "aud", "iss", "sub"]
    };
    validation.set_required_spec_claims(required);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY_S.unsigned_abs();
    let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &validation).ok()?.claims;
    let now = clock::now().timestamp();
    let timely = claims.iat <= now + LEEWAY_S && claims.exp - claims.iat <= LIFETIME_S;
    if !timely {
        return None;
    }
    let bearer = match (claims.role, claims.sid, claims.scope) {
        (Some(role), Some(session), None) => Bearer::Person { user: claims.sub.parse().ok()?, role, session },
        (None, None, Some(scope)) => {
            let scopes = scope.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
            Bearer::Partner { partner: claims.sub.parse().ok()?, scopes }
        }
        _ => return None,
    };
    Some(Verified { bearer, end: claims.exp, key: key.id.clone() })
}

/// The key that a token says it is signed by. Its header must be exactly what [`sign`] writes: our algorithm, our type,
/// a key's name and nothing else, so that neither `crit` nor `jku` nor `jwk` is ever looked at.
fn key_named_in(token: &str) -> Option<String> {
    use base64::Engine;
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Only {
        typ: String,
        alg: String,
        kid: String,
    }
    let (head, _) = token.split_once('.')?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head).ok()?;
    let only: Only = serde_json::from_slice(&bytes).ok()?;
    (only.typ == TYPE && only.alg == "EdDSA").then_some(only.kid)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use proptest::prelude::*;

    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("birgemiz-tokens-{}", clock::new_id()));
        let keys = Keys::load_or_make(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        keys
    });

    static GOOD: LazyLock<String> = LazyLock::new(|| {
        let partner = PartnerId::new(clock::new_id());
        let bearer = Bearer::Partner { partner, scopes: Scope::ALL.to_vec() };
        sign(&KEYS, &bearer, clock::now()).unwrap()
    });

    proptest! {
        #[test]
        fn no_text_of_somebody_else_is_a_token(
            text in "\\PC{0,200}",
            parts in proptest::collection::vec("[A-Za-z0-9_-]{0,60}", 0..5),
        ) {
            prop_assert_eq!(verify(&KEYS, &text), None);
            prop_assert_eq!(verify(&KEYS, &parts.join(".")), None);
            // Our own head over somebody else's rest.
            let head = GOOD.split('.').next().unwrap();
            prop_assert_eq!(verify(&KEYS, &format!("{head}.{}", parts.join("."))), None);
        }

        #[test]
        fn a_token_with_any_letter_changed_added_or_gone_is_none(
            at in any::<proptest::sample::Index>(),
            letter in "[A-Za-z0-9_.=+/-]",
            edit in 0..3,
        ) {
            prop_assert!(verify(&KEYS, &GOOD).is_some());
            let (before, after) = GOOD.split_at(at.index(GOOD.len()));
            let mut rest = after.chars();
            rest.next();
            let other = match edit {
                0 => format!("{before}{letter}{}", rest.as_str()),
                1 => format!("{before}{letter}{after}"),
                _ => format!("{before}{}", rest.as_str()),
            };
            if other != *GOOD {
                prop_assert_eq!(verify(&KEYS, &other), None, "{}", other);
            }
        }
    }
}
