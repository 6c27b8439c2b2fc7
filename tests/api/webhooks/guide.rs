//! The guide on webhooks tells the truth: every sample of it is run as it stands.

use std::path::Path;
use std::process::{Command, Stdio};

use super::receiver::Receiver;
use super::{endpoint, register};
use crate::support::{World, run};

const GUIDE: &str = include_str!("../../../docs/webhooks.md");
/// What a slow machine may take, until a sample is told to end.
const LIMIT_S: &str = "60";

fn samples(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    GUIDE.split(&begin).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

/// What a program prints.
async fn said(mut program: Command) -> (bool, String) {
    program.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_guides_calls_work_as_they_stand() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        let blocks = samples("sh");
        assert_eq!(blocks.len(), 3, "preparation, a first delivery, and what comes later");
        let programs = Path::new(env!("CARGO_BIN_EXE_birgemiz")).parent().unwrap().display().to_string();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut bash = Command::new("timeout");
        bash.args([LIMIT_S, "bash", "-euc", &blocks.join("\n")])
            .env("BASE", &partner.url)
            .env("TOKEN", partner.token().unwrap())
            .env("PORT", free.to_string());
        #[expect(clippy::disallowed_methods, reason = "the program is found beside everything else")]
        bash.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
        let (is_well, said) = said(bash).await;
        assert!(is_well, "{said}");
        assert!(said.contains(r#"{"type":"webhook.test","#), "the listener printed what came: {said}");
        assert!(said.contains(r#""outcome":"delivered""#), "the attempts were told: {said}");
        assert!(said.contains(r#""replayed":1"#), "the test was sent again: {said}");
        assert!(!said.contains("problem"), "{said}");
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
        let blocks = samples("python");
        assert_eq!(blocks.len(), 1);
        let check = "\nimport json, sys\nsecret, headers, body = json.loads(sys.argv[1])\n\
            print(verified(secret, headers, body.encode()), verified(secret, headers, body.encode() + b' '),\n\
            verified(secret, {**headers, 'webhook-timestamp': '1700000000'}, body.encode()))\n";
        let body = String::from_utf8(arrived[0].body.clone()).unwrap();
        let delivery = serde_json::json!([made["secret"], arrived[0].headers, body]);
        let mut python = Command::new("python3");
        python.args(["-c", &format!("{}{check}", blocks[0]), &delivery.to_string()]);
        let (is_well, said) = said(python).await;
        assert!(is_well);
        assert_eq!(said, "True False False\n");
    });
}
