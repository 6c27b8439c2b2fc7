//! Tokens whose signature was found good, until they run out: checking one costs as much as a whole answer
//! from memory.
//!
//! A token is known by the SHA-256 of all of its bytes, so that nothing but that very token is taken for it, and
//! for as long as the key that signed it is one of ours; the tokens themselves are not kept. What was refused is
//! not remembered: it is checked, and refused, again.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use quick_cache::sync::Cache;

use super::tokens::{self, Bearer, LEEWAY_S, Verified};
use crate::clock;
use crate::keys::Keys;

/// As many people as may be busy within the lifetime of a token; some 150 bytes each.
const MOST: usize = 65_536;

type Digest = [u8; SHA256_OUTPUT_LEN];

/// The known tokens of one server, for all of its threads.
pub struct KnownTokens {
    known: Cache<Digest, Known>,
}

#[derive(Clone)]
struct Known {
    bearer: Arc<Bearer>,
    /// The second in which it runs out.
    end: i64,
    /// The key that signed it.
    key: Arc<str>,
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self { known: Cache::new(MOST) }
    }
}

impl KnownTokens {
    /// Whom a token names, if it is one of ours and good now; see [`tokens::verify`].
    #[must_use]
    pub fn verify(&self, keys: &Keys, token: &str) -> Option<Arc<Bearer>> {
        self.verify_at(keys, token, clock::now().timestamp())
    }

    fn verify_at(&self, keys: &Keys, token: &str, now_s: i64) -> Option<Arc<Bearer>> {
        let digest = digest_of(token)?;
        if let Some(known) = self.known.get(&digest) {
            if known.end + LEEWAY_S >= now_s && keys.verifying(&known.key).is_some() {
                return Some(known.bearer);
            }
            self.known.remove(&digest);
        }
        let Verified { bearer, end, key } = tokens::verify(keys, token)?;
        let bearer = Arc::new(bearer);
        self.known.insert(digest, Known { bearer: Arc::clone(&bearer), end, key: key.into() });
        Some(bearer)
    }
}

fn digest_of(token: &str) -> Option<Digest> {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().ok()
}

#[cfg(test)]
mod tests {
    use domain::actor::Role;
    use domain::id::{SessionId, UserId};

    use super::*;
    use crate::rest::tokens::{LIFETIME_S, sign};

    fn keys() -> (std::path::PathBuf, Keys) {
        let folder = std::env::temp_dir().join(format!("birgemiz-known-{}", clock::new_id()));
        let keys = Keys::load_or_make(&folder).unwrap();
        (folder, keys)
    }

    fn somebody() -> Bearer {
        let (user, session) = (UserId::new(clock::new_id()), SessionId::new(clock::new_id()));
        Bearer::Person { user, role: Role::Coordinator, session }
    }

    #[test]
    fn a_known_token_is_good_until_it_runs_out_and_no_longer() {
        let (folder, keys) = keys();
        let (tokens, bearer) = (KnownTokens::default(), somebody());
        let token = sign(&keys, &bearer, clock::now()).unwrap();
        assert_eq!(tokens.verify(&keys, &token).as_deref(), Some(&bearer));
        let end = clock::now().timestamp() + LIFETIME_S + LEEWAY_S;
        assert_eq!(tokens.verify_at(&keys, &token, end - 1).as_deref(), Some(&bearer));

        // One that has run out since it became known.
        let (now, age) = (clock::now(), chrono::TimeDelta::seconds(LIFETIME_S + LEEWAY_S + 2));
        let old = sign(&keys, &bearer, now - age).unwrap();
        let key = keys.signing().unwrap().id.as_str().into();
        let end = (now - age).timestamp() + LIFETIME_S;
        let known = Known { bearer: Arc::new(bearer.clone()), end, key };
        tokens.known.insert(digest_of(&old).unwrap(), known);
        assert_eq!(tokens.verify_at(&keys, &old, now.timestamp() - 3).as_deref(), Some(&bearer));
        assert_eq!(tokens.verify_at(&keys, &old, now.timestamp()), None);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_token_that_differs_in_one_byte_is_not_the_known_one() {
        let (folder, keys) = keys();
        let tokens = KnownTokens::default();
        let token = sign(&keys, &somebody(), clock::now()).unwrap();
        assert!(tokens.verify(&keys, &token).is_some());
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            // The last letter of a signature holds two bits that do not count; strict readers refuse them.
            assert_eq!(tokens.verify(&keys, &forged), None, "byte {place}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_token_known_under_one_key_is_unknown_under_another() {
        let ((here, ours), (there, theirs)) = (keys(), keys());
        let tokens = KnownTokens::default();
        let token = sign(&ours, &somebody(), clock::now()).unwrap();
        assert!(tokens.verify(&ours, &token).is_some());
        assert_eq!(tokens.verify(&theirs, &token), None);
        std::fs::remove_dir_all(here).unwrap();
        std::fs::remove_dir_all(there).unwrap();
    }
}
