//! What we sign is verified by others, and we verify what others signed.

use birgemiz::clock;
use birgemiz::outbound::webhooks::signature::{Forged, Secret, Signed, Verifier};
use domain::webhook::Signing;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

fn verify(
    key: &str,
    id: Option<&str>,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> Result<(), Forged> {
    let verifier: Verifier = key.parse().unwrap();
    verifier.verify(Signed { id, timestamp: Some(timestamp), signature: Some(signature) }, body, now)
}

#[test]
fn the_published_vectors_verify_and_what_must_be_refused_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/formats/standard_webhooks/vectors.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: the published vectors are not beside this repository");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let valid = vectors["valid"].as_array().unwrap();
    assert!(valid.len() >= 3);
    for vector in valid {
        let text = |name: &str| vector[name].as_str().unwrap();
        let (key, id, at, signature) =
            (text("secret"), text("webhook-id"), text("webhook-timestamp"), text("webhook-signature"));
        let (body, now): (_, i64) = (text("body").as_bytes(), at.parse().unwrap());
        assert_eq!(verify(key, Some(id), at, signature, body, now), Ok(()));
        assert_eq!(verify(key, Some(id), at, signature, body, now + 301), Err(Forged::WrongTime));
        assert_eq!(verify(key, Some(id), at, signature, body, now - 301), Err(Forged::WrongTime));
        assert_eq!(verify(key, None, at, signature, body, now), Err(Forged::Missing("webhook-id")));
        let other = signature.replacen("v1,", "v2,", 1);
        assert_eq!(verify(key, Some(id), at, &other, body, now), Err(Forged::WrongSignature));
        assert_eq!(verify(key, Some(id), at, "v1,%%%", body, now), Err(Forged::WrongSignature));
        assert_eq!(verify(key, Some(id), at, signature, b"other", now), Err(Forged::WrongSignature));
        let several = format!("v1,AAAA v1a,AAAA {signature}");
        assert_eq!(verify(key, Some(id), at, &several, body, now), Ok(()));
    }
}

#[test]
fn the_librarys_own_verification_accepts_ten_thousand_of_our_signatures() {
    let now = clock::now().timestamp();
    for number in 0..10_000_usize {
        let random = clock::random::<96>().unwrap();
        let secret = Secret::new(Signing::V1, random[..24 + number % 41].to_vec());
        let body: String = random[..number % 97].iter().map(|byte| char::from(*byte)).collect();
        let id = format!("evt_{number}");
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", id.parse().unwrap());
        headers.insert("webhook-timestamp", now.to_string().parse().unwrap());
        headers.insert("webhook-signature", secret.sign(&id, now, body.as_bytes()).unwrap().parse().unwrap());
        let library = standardwebhooks::Webhook::new(&secret.shown()).unwrap();
        library.verify(body.as_bytes(), &headers).unwrap();
        assert!(library.verify(format!("{body}.").as_bytes(), &headers).is_err());
    }
}

/// `scripts/check-contract` gives what is written here to the library of another language.
#[test]
fn a_thousand_of_our_deliveries_are_written_down_for_others_to_verify() {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    let Some(place) = std::env::var_os("BIRGEMIZ_SIGNED") else {
        println!("SKIPPED: BIRGEMIZ_SIGNED does not say where to write them; scripts/check-contract does");
        return;
    };
    let now = clock::now().timestamp();
    let delivery = |number: usize| {
        let random = clock::random::<96>().unwrap();
        let (old, new) = (&random[..24 + number % 41], &random[32..64]);
        let (old, new) = (Secret::new(Signing::V1, old.to_vec()), Secret::new(Signing::V1, new.to_vec()));
        let body =
            json!({"type": "request.claimed", "data": {"id": format!("Әйгерім {number}")}}).to_string();
        let id = format!("evt_{number}");
        let sign = |secret: &Secret| secret.sign(&id, now, body.as_bytes()).unwrap();
        // As they are while a secret is rotated: by the new one and by the one before.
        let signature = format!("{} {}", sign(&new), sign(&old));
        json!({"secrets": [old.shown(), new.shown()], "body": body, "headers": {"webhook-id": id,
            "webhook-timestamp": now.to_string(), "webhook-signature": signature}})
    };
    let all: Vec<Value> = (0..1_000).map(delivery).collect();
    std::fs::write(place, Value::from(all).to_string()).unwrap();
}

#[test]
fn the_public_key_verifies_what_the_private_one_signed_and_nothing_else() {
    let secret = Secret::new(Signing::V1a, clock::random::<32>().unwrap().to_vec());
    let signature = secret.sign("evt_1", 1_700_000_000, b"{}").unwrap();
    assert!(signature.starts_with("v1a,") && secret.shown().starts_with("whpk_"));
    let check =
        |body: &[u8]| verify(&secret.shown(), Some("evt_1"), "1700000000", &signature, body, 1_700_000_000);
    assert_eq!(check(b"{}"), Ok(()));
    assert_eq!(check(b"[]"), Err(Forged::WrongSignature));
}
