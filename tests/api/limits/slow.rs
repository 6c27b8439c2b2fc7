//! Clients who hold sockets and send nothing, or next to nothing: nobody else notices.

use std::time::Duration;

use birgemiz::clock;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{World, run};

/// Sockets of each kind.
const EACH: usize = 150;
const HEAD: &str = "GET /v1/campaigns HTTP/1.1\r\nHost: x\r\nX-Slow: ";
const BODY: &str = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";

#[test]
fn slow_heads_slow_bodies_and_idle_sockets_hold_nobody_up() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        coordinator.get("/v1/campaigns").await.expect(200);
        let mut sockets = Vec::new();
        for beginning in ["", HEAD, BODY] {
            for _ in 0..EACH {
                let mut socket = TcpStream::connect(coordinator.address()).await.unwrap();
                socket.write_all(beginning.as_bytes()).await.unwrap();
                sockets.push(socket);
            }
        }
        for _ in 0..20 {
            let began = clock::instant();
            coordinator.get("/v1/campaigns").await.expect(200);
            assert!(clock::since(began) < Duration::from_secs(2), "{:?}", clock::since(began));
        }
        assert_eq!(sockets.len(), 3 * EACH);
    });
}
