//! Access tokens that are not ours, not good now, or not what we write: 401, whatever is wrong.
//!
//! Most are signed with the service's own key, read from its secrets folder, so that it is the one
//! wrong thing that gets them refused and not the signature.

mod claims;
mod substitution;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use birgemiz::clock;
use domain::id::{SessionId, UserId};
use serde_json::{Value, json};

use crate::support::{World, run};

const PATH: &str = "/v1/households/hh_01jd9x0q3vfhz8w2k5m7n6t4ra";

struct Forge {
    key: Ed25519KeyPair,
    head: Value,
    claims: Value,
}

impl Forge {
    fn new(world: &World) -> Self {
        let pkcs8 = std::fs::read(world.secrets().join("token-signing.pk8")).unwrap();
        let good = world.sign(&world.seeded.a.coordinator.bearer());
        let part = |n: usize| {
            let part = good.split('.').nth(n).unwrap();
            serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
        };
        Self { key: Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap(), head: part(0), claims: part(1) }
    }

    fn head(&self, field: &str, value: Value) -> String {
        let mut head = self.head.clone();
        head[field] = value;
        self.sign(&head, &self.claims)
    }

    fn without(&self, place: &str, field: &str) -> String {
        let (mut head, mut claims) = (self.head.clone(), self.claims.clone());
        let part = if place == "head" { &mut head } else { &mut claims };
        part.as_object_mut().unwrap().remove(field).unwrap();
        self.sign(&head, &claims)
    }

    fn claim(&self, field: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[field] = value;
        self.sign(&self.head, &claims)
    }

    /// Good from this many seconds from now until that many.
    fn times(&self, from: i64, until: i64) -> String {
        let now = clock::now().timestamp();
        let mut claims = self.claims.clone();
        (claims["iat"], claims["nbf"], claims["exp"]) =
            (json!(now + from), json!(now + from), json!(now + until));
        self.sign(&self.head, &claims)
    }

    fn sign(&self, head: &Value, claims: &Value) -> String {
        signed(head, claims, |text| self.key.sign(text).as_ref().to_vec())
    }

    fn hs256(&self, key: &[u8]) -> String {
        let mut head = self.head.clone();
        head["alg"] = json!("HS256");
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        signed(&head, &self.claims, |text| hmac::sign(&key, text).as_ref().to_vec())
    }
}

fn signed(head: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
    let signature = BASE64.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// `another` is a session of somebody else.
fn forged(forge: &Forge, another: SessionId) -> Vec<(&'static str, String)> {
    let public = forge.key.public_key().as_ref();
    let good = forge.times(0, 600);
    let (text, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = text.split_once('.').unwrap();
    let mut promoted = forge.claims.clone();
    promoted["role"] = json!("administrator");
    let promoted = BASE64.encode(promoted.to_string());
    let mut none = forge.head.clone();
    none["alg"] = json!("none");
    let stranger = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
    let stranger = Ed25519KeyPair::from_pkcs8(stranger.as_ref()).unwrap();
    vec![
        ("garbage", "garbage".to_owned()),
        ("three parts of garbage", "a.b.c".to_owned()),
        ("no signature", text.to_owned()),
        ("an empty signature", format!("{text}.")),
        ("another payload", format!("{head}.{promoted}.{signature}")),
        ("another's key", signed(&forge.head, &forge.claims, |text| stranger.sign(text).as_ref().to_vec())),
        ("alg none", signed(&none, &forge.claims, |_| Vec::new())),
        ("alg none, signed", forge.head("alg", json!("none"))),
        ("HS256 with the public key", forge.hs256(public)),
        ("HS256 with the public key's text", forge.hs256(BASE64.encode(public).as_bytes())),
        ("alg of another case", forge.head("alg", json!("eddsa"))),
        ("typ JWT", forge.head("typ", json!("JWT"))),
        ("no typ", forge.without("head", "typ")),
        ("another kid", forge.head("kid", json!("another"))),
        ("an unknown crit", forge.head("crit", json!(["birgemiz"]))),
        (
            "a key of its own",
            forge.head("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(public)})),
        ),
        ("run out", forge.times(-700, -100)),
        ("not good yet", forge.times(100, 600)),
        ("good for a year", forge.times(0, 365 * 24 * 3600)),
        ("no end", forge.without("claims", "exp")),
        ("another audience", forge.claim("aud", json!("somebody"))),
        ("two audiences", forge.claim("aud", json!(["birgemiz", "somebody"]))),
        ("no audience", forge.without("claims", "aud")),
        ("another issuer", forge.claim("iss", json!("somebody"))),
        ("another role than the database says", forge.claim("role", json!("administrator"))),
        ("an unknown role", forge.claim("role", json!("owner"))),
        ("role and scope", forge.claim("scope", json!("households:read"))),
        ("a claim that we do not write", forge.claim("admin", json!(true))),
        ("no session", forge.without("claims", "sid")),
        ("another's session", forge.claim("sid", json!(another.to_string()))),
        ("nobody's session", forge.claim("sid", json!(SessionId::new(clock::new_id()).to_string()))),
        ("nobody's id", forge.claim("sub", json!(UserId::new(clock::new_id()).to_string()))),
        ("no id", forge.claim("sub", json!("x"))),
    ]
}

#[test]
fn a_token_with_anything_wrong_about_it_is_refused() {
    run(async {
        let world = World::new().await;
        let forge = Forge::new(&world);
        let another = SessionId::new(world.seeded.b.coordinator.user.uuid());
        let control = world.nobody().with_token(forge.times(0, 600)).get(PATH).await;
        control.refused(404, "not_found");

        for (wrong, token) in forged(&forge, another) {
            let answer = world.nobody().with_token(token).get(PATH).await;
            // A role that the token claims may be refused before the database is asked.
            if wrong == "another role than the database says" && answer.status == 403 {
                answer.refused(403, "forbidden");
                continue;
            }
            assert_eq!(answer.status, 401, "a token with {wrong} is taken: {}", answer.text);
            answer.refused(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        world.nobody().get(PATH).await.refused(401, "unauthenticated");
        let basic = world.nobody().get(PATH).header("authorization", "Basic YTpi").await;
        basic.refused(401, "unauthenticated");
    });
}

#[test]
fn a_person_who_is_disabled_is_out_at_once() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        coordinator.get(PATH).await.refused(404, "not_found");
        world
            .database
            .ask("UPDATE users SET status = 'disabled' WHERE email = 'coordinator@a.example'")
            .await;
        coordinator.get(PATH).await.refused(401, "unauthenticated");
    });
}
