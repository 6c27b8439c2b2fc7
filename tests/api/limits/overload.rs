//! More calls than can be served: some are served soon, the others turned away at once, and it passes.

use std::time::Duration;

use birgemiz::clock;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::meanwhile::{Other, waiting};
use crate::support::{Caller, World, run};

#[test]
fn who_cannot_be_served_soon_is_turned_away_at_once_and_it_passes() {
    run(async {
        let world = World::with(|settings| {
            settings.database.pool_size = 2;
            settings.database.pool_wait_ms = 500;
        })
        .await;
        let coordinator = world.coordinator_of_a();
        // Two wait for the table with every connection there is, until one of the others is turned away.
        let holding = Other::doing(&world, "LOCK TABLE campaigns IN ACCESS EXCLUSIVE MODE").await;
        let turned_away = Notify::new();
        let crowd = join_all((0..600).map(|_| async {
            let answer = coordinator.get("/v1/campaigns").await;
            if answer.status == 503 {
                answer.refused(503, "overloaded");
                let wait: u32 = answer.header("retry-after").parse().unwrap();
                assert!((1..=3).contains(&wait), "{wait}");
                turned_away.notify_one();
            }
            answer.status.as_u16()
        }));
        let let_go = async {
            turned_away.notified().await;
            holding.commits().await;
        };
        let live = async { world.nobody().get("/health/live").off_contract().await.status.as_u16() };
        let (statuses, live, ()) = tokio::join!(crowd, live, let_go);
        assert_eq!(live, 200);
        assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");

        let began = clock::instant();
        while coordinator.get("/v1/campaigns").await.status != 200 {
            assert!(clock::since(began) < Duration::from_secs(5), "it does not pass");
        }
    });
}

/// A submission under this key, as bytes of HTTP/1.1.
fn submission(partner: &Caller, body: &Value, key: &str) -> String {
    let (token, body) = (partner.token().unwrap(), body.to_string());
    format!(
        "POST /v1/requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         idempotency-key: {key}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends bytes on a connection and reads the head and body of the answer.
async fn exchange(stream: &mut TcpStream, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let (mut got, mut part) = (String::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut part).await.unwrap();
        assert!(length > 0, "the connection was closed: {got}");
        got.push_str(&String::from_utf8_lossy(&part[..length]));
        let Some((head, body)) = got.split_once("\r\n\r\n") else { continue };
        let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if told.is_some_and(|told| body.len() >= told.parse::<usize>().unwrap()) {
            return got;
        }
    }
}

/// That is a 503 with its time to wait, and the connection answers on.
async fn stays_and_is_told_when(stream: &mut TcpStream, answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\r\nretry-after: ") && !answer.contains("connection: close"), "{answer}");
    let live = exchange(stream, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(live.starts_with("HTTP/1.1 200"), "{live}");
}

#[test]
fn who_is_turned_away_keeps_the_connection_and_leaves_no_trace() {
    run(async {
        let world = World::with(|settings| {
            settings.database.pool_size = 2;
            settings.database.pool_wait_ms = 200;
        })
        .await;
        let household = world.verified_household().await;
        let (partner, body) = (world.partner_of_a(), world.request(&household));
        // Two who file for this household wait for it, with every connection there is.
        let holding = Other::doing(&world, "SELECT FROM households FOR UPDATE").await;
        let crowd = (0..12).map(|_| partner.post("/v1/requests", body.clone()).into_future());
        let crowd = tokio::spawn(join_all(crowd));
        waiting(&world, 2).await;
        let mut stream = TcpStream::connect(partner.address()).await.unwrap();
        let again = submission(&partner, &body, "turned-away");
        let kept = "SELECT count(*) FROM idempotency_keys WHERE key = 'turned-away'";
        for _ in 0..11 {
            let answer = exchange(&mut stream, &again).await;
            stays_and_is_told_when(&mut stream, &answer).await;
        }
        assert_eq!(world.database.count(kept).await, 0, "who was turned away left a key");
        holding.commits().await;
        let begun = clock::instant();
        loop {
            let answer = exchange(&mut stream, &again).await;
            if answer.starts_with("HTTP/1.1 201") {
                break;
            }
            stays_and_is_told_when(&mut stream, &answer).await;
            assert!(clock::since(begun) < Duration::from_secs(10), "it does not pass");
        }
        crowd.await.unwrap();
        assert_eq!(world.database.count(kept).await, 1);
    });
}
