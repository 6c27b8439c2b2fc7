//! Secrets are shown once, kept sealed, and replaced without one delivery that cannot be verified.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::receiver::Receiver;
use super::{endpoint, path_of, register};
use crate::support::{World, run};

#[test]
fn a_secret_is_rotated_without_one_failed_verification() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[]).await;
        let made = endpoint(&world, &receiver, &["household.*"]).await;
        let (partner, path) = (world.partner_of_a(), path_of(&made));
        let rotate = format!("{path}/rotate-secret");
        let old = made["secret"].as_str().unwrap();
        register(&world, 5).await;
        let rotated = partner.post(&rotate, json!({})).await.expect(201);
        let rotated_at = birgemiz::clock::now().timestamp();
        let new = rotated["secret"].as_str().unwrap();
        assert_ne!(old, new);
        register(&world, 5).await;
        let during = receiver.has_taken(10).await;
        assert!(during.iter().all(|arrival| arrival.is_signed_for(old)), "whoever has not changed over yet");
        let after: Vec<_> = during.iter().filter(|arrival| arrival.sent_at() > rotated_at).collect();
        assert!(after.iter().all(|arrival| arrival.is_signed_for(new) && arrival.signatures() == 2));
        assert!(during[9].is_signed_for(new), "whoever has");
        // A day passes.
        world.database.ask("UPDATE webhook_endpoints SET previous_until = now()").await;
        register(&world, 1).await;
        let last = receiver.has_taken(11).await;
        assert!(last[10].is_signed_for(new) && !last[10].is_signed_for(old));
        assert_eq!(last[10].signatures(), 1);
    });
}

#[test]
fn a_secret_is_shown_once_and_is_nowhere_in_the_database() {
    run(async {
        let world = World::new().await;
        let (partner, receiver) = (world.partner_of_a(), Receiver::start(&[]).await);
        let ask = || partner.post("/v1/webhook-endpoints", json!({"url": receiver.url})).key("once");
        let made = ask().await.expect(201);
        let again = ask().await.expect(201);
        assert_eq!(again["id"], made["id"]);
        assert!(again.get("secret").is_none(), "a replay shows none");
        let path = path_of(&made);
        assert!(partner.get(&path).await.expect(200).get("secret").is_none());
        let rotated = partner.post(&format!("{path}/rotate-secret"), json!({})).await.expect(201);
        let mut dump = String::new();
        for table in ["webhook_endpoints", "idempotency_keys", "events"] {
            let rows = world.database.ask(&format!("SELECT t::text FROM {table} t")).await;
            dump.extend(rows.into_iter().flatten().flatten());
        }
        assert!(
            dump.contains(path.rsplit_once('_').unwrap().1) || dump.contains("/hook"),
            "something was dumped"
        );
        for shown in [&made, &rotated] {
            let encoded = shown["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
            let bytes = STANDARD.decode(encoded).unwrap();
            assert_eq!(bytes.len(), 32);
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            // An idempotency key's body is bytes, which Postgres prints in hexadecimal.
            let in_hex: String = encoded.bytes().map(|byte| format!("{byte:02x}")).collect();
            for plain in [encoded, hex.as_str(), in_hex.as_str()] {
                assert!(!dump.contains(plain), "{plain}");
            }
        }
    });
}

#[test]
fn with_a_public_key_the_receiver_holds_nothing_that_signs() {
    run(async {
        let world = World::new().await;
        let receiver = Receiver::start(&[]).await;
        let body = json!({"url": receiver.url, "events": ["household.*"], "signing": "v1a"});
        let made = world.partner_of_a().post("/v1/webhook-endpoints", body).await.expect(201);
        let key = made["secret"].as_str().unwrap();
        assert!(key.starts_with("whpk_"));
        register(&world, 1).await;
        let arrived = receiver.has_taken(1).await;
        assert!(arrived[0].is_signed_for(key));
        let rotate = format!("{}/rotate-secret", path_of(&made));
        let rotated = world.partner_of_a().post(&rotate, json!({})).await.expect(201);
        register(&world, 1).await;
        let arrived = receiver.has_taken(2).await;
        assert!(
            arrived[1].is_signed_for(key) && arrived[1].is_signed_for(rotated["secret"].as_str().unwrap())
        );
    });
}
