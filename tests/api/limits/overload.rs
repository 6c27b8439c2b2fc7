//! More calls than can be served: some are served soon, the others turned away at once, and it passes.

use std::time::Duration;

use birgemiz::clock;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
        let crowd = join_all((0..600).map(|_| async {
            let answer = coordinator.get("/v1/campaigns").await;
            if answer.status == 503 {
                answer.refused(503, "overloaded");
                let wait: u32 = answer.header("retry-after").parse().unwrap();
                assert!((1..=3).contains(&wait), "{wait}");
            }
            answer.status.as_u16()
        }));
        let live = async { world.nobody().get("/health/live").off_contract().await.status.as_u16() };
        let (statuses, live) = tokio::join!(crowd, live);
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

#[test]
fn who_is_turned_away_keeps_the_connection_and_leaves_no_trace() {
    run(async {
        let world = World::with(|settings| {
            settings.database.pool_size = 2;
            settings.database.pool_wait_ms = 50;
        })
        .await;
        let household = world.verified_household().await;
        let (partner, body) = (world.partner_of_a(), world.request(&household));
        // Whoever files for this household waits for a second.
        let database = world.database.clone();
        let holding = tokio::spawn(async move {
            database.ask("BEGIN; SELECT FROM households FOR UPDATE; SELECT pg_sleep(1); COMMIT").await
        });
        let locked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        while world.database.count(locked).await == 0 {
            tokio::task::yield_now().await;
        }
        let crowd = (0..12).map(|_| partner.post("/v1/requests", body.clone()).into_future());
        let crowd = tokio::spawn(join_all(crowd));
        let mut stream = TcpStream::connect(partner.address()).await.unwrap();
        let again = submission(&partner, &body, "turned-away");
        let (begun, mut turned_away) = (clock::instant(), 0);
        let kept = "SELECT count(*) FROM idempotency_keys WHERE key = 'turned-away'";
        loop {
            let answer = exchange(&mut stream, &again).await;
            if answer.starts_with("HTTP/1.1 201") {
                break;
            }
            assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
            assert!(
                answer.contains("\r\nretry-after: ") && !answer.contains("connection: close"),
                "{answer}"
            );
            let live = exchange(&mut stream, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert!(live.starts_with("HTTP/1.1 200"), "{live}");
            turned_away += 1;
            if turned_away == 5 {
                assert_eq!(world.database.count(kept).await, 0, "who was turned away left a key");
            }
            assert!(clock::since(begun) < Duration::from_secs(10), "it does not pass");
        }
        assert!(turned_away > 10, "{turned_away}");
        holding.await.unwrap();
        crowd.await.unwrap();
        assert_eq!(world.database.count(kept).await, 1);
    });
}
