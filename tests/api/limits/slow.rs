//! Clients who hold sockets and send nothing, or next to nothing: nobody else notices, and they are closed.

use std::time::Duration;

use birgemiz::clock;
use futures_util::future::join_all;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, run};

/// Sockets of all kinds together, where so many may be open: each has two ends here.
const SOCKETS: u64 = 5_000;
/// Files that are open besides.
const OTHERS: u64 = 500;
/// A head must be here after five seconds, a body after ten.
const CLOSED_WITHIN: Duration = Duration::from_secs(20);

const HEAD: &str = "GET /v1/campaigns HTTP/1.1\r\nHost: x\r\nX-Slow: ";
const BODY: &str = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";

/// As many sockets as this process may have open.
fn sockets() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    let possible = limit.current.map_or(SOCKETS, |most| most.saturating_sub(OTHERS) / 2);
    if possible < SOCKETS {
        println!("only {possible} sockets: ulimit -n is {:?}", limit.current);
    }
    possible.min(SOCKETS)
}

/// What comes back on a socket until it is closed; `None` when it is not.
async fn until_closed(mut socket: TcpStream) -> Option<String> {
    let mut got = Vec::new();
    match tokio::time::timeout(CLOSED_WITHIN, socket.read_to_end(&mut got)).await {
        // A reset is an end as well.
        Ok(_) => Some(String::from_utf8_lossy(&got).into_owned()),
        Err(_) => None,
    }
}

#[test]
fn slow_heads_slow_bodies_and_idle_sockets_hold_nobody_up_and_are_closed() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        coordinator.get("/v1/campaigns").await.expect(200);
        let mut sockets_of = Vec::new();
        for beginning in ["", HEAD, BODY] {
            let mut sockets_of_this = Vec::new();
            for _ in 0..sockets() / 3 {
                let mut socket = TcpStream::connect(coordinator.address()).await.unwrap();
                socket.write_all(beginning.as_bytes()).await.unwrap();
                sockets_of_this.push(socket);
            }
            sockets_of.push((beginning, sockets_of_this));
        }
        for _ in 0..20 {
            let began = clock::instant();
            coordinator.get("/v1/campaigns").await.expect(200);
            assert!(clock::since(began) < Duration::from_secs(5), "{:?}", clock::since(began));
        }
        for (beginning, held) in sockets_of {
            let ends = join_all(held.into_iter().map(until_closed)).await;
            let open = ends.iter().filter(|end| end.is_none()).count();
            assert_eq!(open, 0, "of {} that began with {beginning:?} are still open", ends.len());
            let told = |end: &Option<String>| end.as_ref().is_some_and(|end| end.starts_with("HTTP/1.1 408"));
            assert!(beginning.is_empty() || ends.iter().all(told), "{beginning:?}: {:?}", ends.first());
        }
    });
}

#[test]
fn a_head_without_end_is_not_read_for_ever() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let line = format!("X-Bomb: {}\r\n", "b".repeat(1_000));
        let mut socket = TcpStream::connect(coordinator.address()).await.unwrap();
        socket.write_all(HEAD.as_bytes()).await.unwrap();
        let mut sent = 0;
        // Whoever is no longer listened to cannot send.
        while sent < 64 * 1024 * 1024 && socket.write_all(line.as_bytes()).await.is_ok() {
            sent += line.len();
        }
        assert!(sent < 16 * 1024 * 1024, "{sent} bytes of a head were taken in");
        coordinator.get("/v1/campaigns").await.expect(200);
    });
}
