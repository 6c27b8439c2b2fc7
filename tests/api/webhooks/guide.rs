//! The guide on webhooks tells the truth: every sample of it is run as it stands.

use std::process::{Command, Stdio};

use super::receiver::Receiver;
use super::{endpoint, register};
use crate::support::{World, guide, run};

const GUIDE: &str = include_str!("../../../docs/webhooks.md");

#[test]
fn the_guides_calls_work_as_they_stand() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let environment = [
            ("BASE", partner.url.clone()),
            ("TOKEN", partner.token().unwrap().to_owned()),
            ("PORT", free.to_string()),
        ];
        let paste = move || guide::paste(GUIDE, std::path::Path::new("."), &environment);
        let said = tokio::task::spawn_blocking(paste).await.unwrap();
        assert!(said.contains(r#"{"type":"webhook.test","#), "the listener printed what came: {said}");
        assert!(said.contains(r#""outcome":"delivered""#), "the attempts were told: {said}");
        assert!(said.contains(r#""replayed":1"#), "the test was sent again: {said}");
        assert!(!said.contains("/docs/errors"), "{said}");
        assert!(said.trim_end().ends_with("404"), "and the endpoint is gone: {said}");
    });
}

#[test]
fn the_guides_verification_accepts_what_is_sent_and_refuses_what_was_changed() {
    run(async {
        if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
            println!("SKIPPED: python3 is not installed; the guide's verification was not run");
            return;
        }
        let world = World::new().await;
        let receiver = Receiver::start(&[]).await;
        let made = endpoint(&world, &receiver, &["household.*"]).await;
        register(&world, 1).await;
        let arrived = receiver.has_taken(1).await;
        let blocks = guide::samples(GUIDE, "python");
        assert_eq!(blocks.len(), 1);
        let check = "\nimport json, sys\nsecret, headers, body = json.loads(sys.argv[1])\n\
            print(verified(secret, headers, body.encode()), verified(secret, headers, body.encode() + b' '),\n\
            verified(secret, {**headers, 'webhook-timestamp': '1700000000'}, body.encode()))\n";
        let body = String::from_utf8(arrived[0].body.clone()).unwrap();
        let delivery = serde_json::json!([made["secret"], arrived[0].headers, body]);
        let mut python = Command::new("python3");
        python.args(["-c", &format!("{}{check}", blocks[0]), &delivery.to_string()]);
        python.stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = tokio::task::spawn_blocking(move || python.output().unwrap()).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert_eq!(said, "True False False\n");
    });
}
