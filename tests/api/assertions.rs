//! Partner apps show who they are by a signature. Here the other side writes the claims, so each is tried.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use birgemiz::clock;
use domain::id::PartnerId;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, World, run};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A partner app's private key.
pub(crate) enum Signer {
    Edwards(Ed25519KeyPair),
    Elliptic(EcdsaKeyPair),
}

impl Signer {
    pub(crate) fn edwards() -> Self {
        Self::Edwards(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn elliptic() -> Self {
        Self::Elliptic(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn public(&self, kid: &str) -> Value {
        match self {
            Self::Edwards(pair) => {
                json!({"kid": kid, "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())})
            }
            Self::Elliptic(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kid": kid, "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
        }
    }

    pub(crate) fn head(&self, kid: &str) -> Value {
        json!({"alg": if matches!(self, Self::Edwards(_)) { "EdDSA" } else { "ES256" }, "kid": kid, "typ": "JWT"})
    }

    pub(crate) fn sign(&self, head: &Value, claims: &str) -> String {
        let message = format!("{}.{}", text(head.to_string().as_bytes()), text(claims.as_bytes()));
        let signature = match self {
            Self::Edwards(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Self::Elliptic(pair) => {
                let random = aws_lc_rs::rand::SystemRandom::new();
                pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec()
            }
        };
        format!("{message}.{}", text(&signature))
    }
}

pub(crate) fn claims(world: &World, partner: PartnerId) -> Value {
    let now = clock::now().timestamp();
    json!({
        "iss": partner, "sub": partner, "aud": format!("{}/v1/auth/token", world.app().public_url),
        "iat": now, "exp": now + 60, "jti": clock::new_id().to_string()
    })
}

pub(crate) async fn set_keys(world: &World, partner: PartnerId, keys: &[Value]) -> Answer {
    let call = world.administrator_of_a().call(Method::PUT, &format!("/v1/partners/{partner}/keys"));
    call.json(json!({"keys": keys})).await
}

pub(crate) async fn show(caller: &Caller, partner: PartnerId, assertion: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &partner.to_string())
        .append_pair("client_assertion_type", KIND)
        .append_pair("client_assertion", assertion)
        .finish();
    caller.call(Method::POST, "/v1/auth/token").bytes("application/x-www-form-urlencoded", form).await
}

#[test]
fn a_partner_app_signs_by_either_algorithm_and_is_let_in_once_each_time() {
    run(async {
        let world = World::new().await;
        let (partner, nobody) = (world.seeded.a.partner, world.nobody());
        let signers = [(Signer::edwards(), "ed"), (Signer::elliptic(), "ec")];
        let keys: Vec<Value> = signers.iter().map(|(signer, kid)| signer.public(kid)).collect();
        assert_eq!(set_keys(&world, partner, &keys).await.expect(200), json!({"keys": keys}));
        for (signer, kid) in &signers {
            let assertion = signer.sign(&signer.head(kid), &claims(&world, partner).to_string());
            let granted = show(&nobody, partner, &assertion).await.expect(200);
            let app = nobody.with_token(granted["access_token"].as_str().unwrap());
            app.get("/v1/areas").await.expect(200);
            show(&nobody, partner, &assertion).await.refused(401, "wrong_credentials");
        }
        // Without its keys it has its secret only.
        set_keys(&world, partner, &[]).await.expect(200);
        let (signer, kid) = &signers[0];
        let assertion = signer.sign(&signer.head(kid), &claims(&world, partner).to_string());
        show(&nobody, partner, &assertion).await.refused(401, "wrong_credentials");
        let told = "SELECT count(*) FROM events WHERE kind = 'partner.keys_set'";
        assert_eq!(world.database.count(told).await, 2);
    });
}

#[test]
fn of_one_assertion_shown_to_two_servers_at_once_there_is_one_token() {
    run(async {
        let world = World::new().await;
        let beside =
            world.beside(|settings| settings.public_url = Some(world.app().public_url.to_string())).await;
        let (partner, signer) = (world.seeded.a.partner, Signer::edwards());
        set_keys(&world, partner, &[signer.public("k")]).await.expect(200);
        let assertion = signer.sign(&signer.head("k"), &claims(&world, partner).to_string());
        let here = world.nobody();
        let there = beside.called_by(&here);
        let shown =
            join_all((0..12).map(|n| show(if n % 2 == 0 { &here } else { &there }, partner, &assertion)))
                .await;
        let granted = shown.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(granted, 1, "{:?}", shown.iter().map(|answer| answer.status).collect::<Vec<_>>());
    });
}

/// Signed as a shared secret would, by what everybody may know: the public key.
fn by_the_public_key(signer: &Signer, claims: &str) -> Vec<String> {
    let public = signer.public("k");
    let x = public["x"].as_str().unwrap();
    let head = json!({"alg": "HS256", "kid": "k", "typ": "JWT"});
    let message = format!("{}.{}", text(head.to_string().as_bytes()), text(claims.as_bytes()));
    [URL_SAFE_NO_PAD.decode(x).unwrap(), x.as_bytes().to_vec(), public.to_string().into_bytes()]
        .into_iter()
        .map(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            format!("{message}.{}", text(hmac::sign(&key, message.as_bytes()).as_ref()))
        })
        .collect()
}

/// Everything but what is good: what is wrong, and the assertion.
fn wrong(world: &World, signer: &Signer, other: &Signer) -> Vec<(String, String)> {
    let partner = world.seeded.a.partner;
    let good = || claims(world, partner);
    let now = clock::now().timestamp();
    let mut all = Vec::new();
    for claim in ["iss", "sub", "aud", "iat", "exp", "jti"] {
        for value in [Value::Null, json!(true), json!([]), json!({}), json!("x"), json!(1.5), json!("")] {
            let mut claims = good();
            claims[claim] = value.clone();
            all.push((format!("{claim} is {value}"), signer.sign(&signer.head("k"), &claims.to_string())));
        }
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(claim);
        all.push((format!("no {claim}"), signer.sign(&signer.head("k"), &claims.to_string())));
    }
    // A name may be any text, so this one is good.
    all.retain(|(what, _)| what != "jti is \"x\"");
    for (claim, value) in [
        ("iss", json!(world.seeded.b.partner)),
        ("sub", json!(world.seeded.b.partner)),
        ("aud", json!("birgemiz")),
        ("aud", json!([format!("{}/v1/auth/token", world.app().public_url)])),
        ("exp", json!(now - 1)),
        ("exp", json!(now + 302)),
        ("exp", json!(253_402_300_799_i64)),
        ("iat", json!(now + 30)),
        ("nbf", json!(now + 30)),
        ("nbf", json!("0")),
        ("jti", json!("x".repeat(256))),
    ] {
        let mut claims = good();
        claims[claim] = value.clone();
        all.push((format!("{claim} is {value}"), signer.sign(&signer.head("k"), &claims.to_string())));
    }
    let twice = good().to_string().replacen('{', &format!("{{\"sub\":\"{partner}\","), 1);
    all.push(("sub twice".to_owned(), signer.sign(&signer.head("k"), &twice)));
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("kid", json!("other")),
        ("kid", Value::Null),
        ("typ", json!("at+jwt")),
        ("crit", json!(["x"])),
        ("jku", json!("https://keys.example.org/")),
        ("jwk", other.public("k")),
    ] {
        let mut head = signer.head("k");
        head[name] = value.clone();
        all.push((format!("{name} is {value}"), signer.sign(&head, &good().to_string())));
    }
    for assertion in by_the_public_key(signer, &good().to_string()) {
        all.push(("HS256 by the public key".to_owned(), assertion));
    }
    all.push(("another's key".to_owned(), other.sign(&other.head("k"), &good().to_string())));
    let unsigned = signer.sign(&signer.head("k"), &good().to_string());
    all.push(("no signature".to_owned(), format!("{}.", unsigned.rsplit_once('.').unwrap().0)));
    all.push(("an access token".to_owned(), world.partner_of_a().token().unwrap().to_owned()));
    all.push(("the secret".to_owned(), World::PARTNER_SECRET.to_owned()));
    all.push(("nothing".to_owned(), String::new()));
    all
}

#[test]
fn whatever_is_wrong_with_an_assertion_it_opens_nothing_and_is_refused_alike() {
    run(async {
        let world = World::new().await;
        let (partner, nobody) = (world.seeded.a.partner, world.nobody());
        let (signer, other) = (Signer::edwards(), Signer::edwards());
        set_keys(&world, partner, &[signer.public("k")]).await.expect(200);
        for (what, assertion) in wrong(&world, &signer, &other) {
            // Wrong ones are counted; here each is the first.
            world.database.ask("DELETE FROM login_attempts").await;
            let answer = show(&nobody, partner, &assertion).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["code"].as_str()),
                (401, Some("wrong_credentials")),
                "{what}"
            );
        }
        assert_eq!(world.database.count("SELECT count(*) FROM client_assertions").await, 0);
        let assertion = signer.sign(&signer.head("k"), &claims(&world, partner).to_string());
        show(&nobody, world.seeded.b.partner, &assertion).await.refused(401, "wrong_credentials");
        show(&nobody, partner, &assertion).await.expect(200);
        world
            .administrator_of_a()
            .post(&format!("/v1/partners/{partner}/revoke"), json!({}))
            .await
            .expect(200);
        let assertion = signer.sign(&signer.head("k"), &claims(&world, partner).to_string());
        show(&nobody, partner, &assertion).await.refused(401, "wrong_credentials");
    });
}

/// Keys and names of one partner app are nothing to another, and an algorithm is a key's, not a header's.
#[test]
fn each_key_verifies_its_own_partner_app_by_its_own_algorithm_and_each_name_is_good_once() {
    run(async {
        let world = World::new().await;
        let (a, b, nobody) = (world.seeded.a.partner, world.seeded.b.partner, world.nobody());
        let signers = [
            ("ed", a, Signer::edwards()),
            ("ec", a, Signer::elliptic()),
            ("ed of b", b, Signer::edwards()),
            ("ec of b", b, Signer::elliptic()),
        ];
        for partner in [a, b] {
            let keys: Vec<Value> = signers
                .iter()
                .filter(|(_, whose, _)| *whose == partner)
                .map(|(kid, _, signer)| signer.public(kid))
                .collect();
            set_keys(&world, partner, &keys).await.expect(200);
        }
        for (by, _, signer) in &signers {
            for (named, _, other) in &signers {
                for partner in [a, b] {
                    world.database.ask("DELETE FROM login_attempts").await;
                    // The head is right for the key that it names; the signature is `by`'s.
                    let assertion = signer.sign(&other.head(named), &claims(&world, partner).to_string());
                    let answer = show(&nobody, partner, &assertion).await;
                    let own =
                        by == named && signers.iter().any(|(kid, whose, _)| kid == by && *whose == partner);
                    assert_eq!(
                        answer.status.as_u16(),
                        if own { 200 } else { 401 },
                        "signed by {by}, named {named}, shown for {partner}: {}",
                        answer.text
                    );
                }
            }
        }
        // Another assertion of the same name is refused, and another partner app may use that name.
        let mut again = claims(&world, a);
        again["jti"] = json!("1");
        show(&nobody, a, &signers[0].2.sign(&signers[0].2.head("ed"), &again.to_string())).await.expect(200);
        again["exp"] = json!(again["exp"].as_i64().unwrap() + 1);
        for (kid, _, signer) in &signers[..2] {
            let answer = show(&nobody, a, &signer.sign(&signer.head(kid), &again.to_string())).await;
            answer.refused(401, "wrong_credentials");
        }
        let mut theirs = claims(&world, b);
        theirs["jti"] = json!("1");
        let (kid, _, signer) = &signers[2];
        show(&nobody, b, &signer.sign(&signer.head(kid), &theirs.to_string())).await.expect(200);
    });
}

#[test]
fn only_public_keys_of_either_curve_are_entered() {
    run(async {
        let world = World::new().await;
        let partner = world.seeded.a.partner;
        let good = Signer::elliptic().public("k");
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            key
        };
        set_keys(&world, partner, &[with("d", json!("AAAA"))]).await.refused(400, "unknown_field");
        let six: Vec<Value> = (0..6).map(|n| Signer::edwards().public(&n.to_string())).collect();
        for keys in [
            vec![good.clone(), Signer::edwards().public("k")],
            six,
            vec![with("kid", json!(""))],
            vec![with("kty", json!("RSA"))],
            vec![with("crv", json!("P-384"))],
            vec![with("x", good["y"].clone())],
            vec![with("x", json!("AAAA"))],
            vec![with("x", json!("not base64!"))],
        ] {
            set_keys(&world, partner, &keys).await.refused(422, "invalid_value");
        }
        assert_eq!(
            world.database.count("SELECT count(*) FROM partners WHERE public_keys IS NOT NULL").await,
            0
        );
        let coordinator = world.coordinator_of_a();
        let call = coordinator.call(Method::PUT, &format!("/v1/partners/{partner}/keys"));
        call.json(json!({"keys": []})).await.refused(403, "forbidden");
        world.database.ask("UPDATE sessions SET authenticated_at = now() - interval '301 seconds'").await;
        set_keys(&world, partner, &[good]).await.refused(403, "step_up_required");
    });
}
