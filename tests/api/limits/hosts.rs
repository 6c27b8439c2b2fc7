//! Calls that were meant for another host: refused before anything of them is done.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, run};

/// The status with which a call of these first lines is answered.
async fn status(address: &str, first: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let sent = format!("{first}Connection: close\r\n\r\n");
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut got = String::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut got)).await.unwrap().unwrap();
    if got.contains(" 421 ") {
        assert!(got.contains("\"code\":\"wrong_host\"") && !got.contains("evil"), "{got}");
    }
    got.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_service_with_names_answers_to_them_alone() {
    run(async {
        let hosts = "api.example.org,10.0.0.5".parse().unwrap();
        let world = World::with(|settings| settings.public_hosts = Some(hosts)).await;
        let address = world.nobody().address().to_owned();
        for (first, expected) in [
            ("GET /v1/areas HTTP/1.1\r\nHost: api.example.org\r\n", 401),
            ("GET /v1/areas HTTP/1.1\r\nHost: API.example.org:443\r\n", 401),
            ("GET /v1/areas HTTP/1.1\r\nHost: 10.0.0.5\r\n", 401),
            ("GET /v1/areas HTTP/1.1\r\nHost: evil.net\r\n", 421),
            ("GET /v1/areas HTTP/1.1\r\nHost: evil.net\r\nX-Forwarded-Host: api.example.org\r\n", 421),
            ("GET /v1/areas HTTP/1.1\r\nHost: evil.net\r\nForwarded: host=api.example.org\r\n", 421),
            ("GET /v1/areas HTTP/1.1\r\nHost: api.example.org\r\nHost: evil.net\r\n", 421),
            ("GET http://evil.net/v1/areas HTTP/1.1\r\nHost: api.example.org\r\n", 421),
            ("GET http://api.example.org/v1/areas HTTP/1.1\r\nHost: api.example.org\r\n", 401),
            ("GET /v1/areas HTTP/1.0\r\n", 421),
            ("GET /nowhere HTTP/1.1\r\nHost: evil.net\r\n", 421),
            ("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n", 200),
            ("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n", 200),
        ] {
            let seen = status(&address, first).await;
            // Two hosts may be refused as no request at all (RFC 9112, section 3.2).
            let is_refused = expected == 421 && first.matches("Host: ").count() == 2 && seen == 400;
            assert!(seen == expected || is_refused, "{first} -> {seen}");
        }
    });
}

#[test]
fn a_service_without_names_answers_to_any() {
    run(async {
        let world = World::new().await;
        let address = world.nobody().address().to_owned();
        assert_eq!(status(&address, "GET /v1/areas HTTP/1.1\r\nHost: evil.net\r\n").await, 401);
    });
}
