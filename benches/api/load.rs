//! A closed-loop load generator: each connection sends its next call when the last was answered.
//!
//! It writes prepared bytes on plain sockets, so that on a machine shared with the server little of the
//! machine goes into asking.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One HTTP call, ready to be sent.
pub(crate) struct Ask {
    bytes: Vec<u8>,
}

impl Ask {
    pub(crate) fn get(path: &str, token: &str) -> Self {
        Self {
            bytes: format!("GET {path} HTTP/1.1\r\nhost: birgemiz\r\nauthorization: Bearer {token}\r\n\r\n")
                .into_bytes(),
        }
    }

    pub(crate) fn put(path: &str, token: &str, body: &str) -> Self {
        let length = body.len();
        Self {
            bytes: format!(
                "PUT {path} HTTP/1.1\r\nhost: birgemiz\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .into_bytes(),
        }
    }

    pub(crate) fn post(path: &str, token: &str, key: &str, body: &str) -> Self {
        let length = body.len();
        Self {
            bytes: format!(
                "POST {path} HTTP/1.1\r\nhost: birgemiz\r\nauthorization: Bearer {token}\r\n\
                 idempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .into_bytes(),
        }
    }
}

/// What a load came to.
pub(crate) struct Measured {
    pub(crate) took: Duration,
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// In bytes, its head left aside.
    pub(crate) longest_body: usize,
    /// Sorted.
    latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn percentile(&self, of_a_thousand: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * of_a_thousand / 1000).copied().unwrap_or_default()
    }

    /// A figure counts only if every call was answered as it should be.
    pub(crate) fn all_answered(&self, status: u16) -> bool {
        self.statuses.keys().all(|found| *found == status)
    }
}

/// What one connection saw: status, latency and the body's length of each answer.
type Seen = Vec<(u16, Duration, usize)>;

/// Sends every ask once, over as many connections as there are lists of them.
pub(crate) async fn run(address: SocketAddr, asks: Vec<Vec<Ask>>) -> Measured {
    let mut running = JoinSet::new();
    let started = Instant::now();
    for asks in asks {
        running.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut seen = Seen::with_capacity(asks.len());
            for ask in &asks {
                seen.push(connection.ask(ask).await);
            }
            seen
        });
    }
    gather(running, started).await
}

/// Repeats the same asks for a while, over `connections` at a time.
pub(crate) async fn repeat(
    address: SocketAddr,
    asks: &'static [Ask],
    connections: usize,
    lasting: Duration,
) -> Measured {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut running = JoinSet::new();
    let started = Instant::now();
    for _ in 0..connections {
        running.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut seen = Seen::new();
            while started.elapsed() < lasting {
                let ask = &asks[NEXT.fetch_add(1, Ordering::Relaxed) % asks.len()];
                seen.push(connection.ask(ask).await);
            }
            seen
        });
    }
    gather(running, started).await
}

async fn gather(mut running: JoinSet<Seen>, started: Instant) -> Measured {
    let (mut statuses, mut latencies, mut longest_body) = (BTreeMap::new(), Vec::new(), 0);
    while let Some(seen) = running.join_next().await {
        for (status, latency, length) in seen.unwrap() {
            *statuses.entry(status).or_default() += 1;
            longest_body = longest_body.max(length);
            latencies.push(latency);
        }
    }
    let took = started.elapsed();
    latencies.sort_unstable();
    Measured { took, statuses, longest_body, latencies }
}

/// One kept-alive connection.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a call and reads its whole answer.
    async fn ask(&mut self, ask: &Ask) -> (u16, Duration, usize) {
        let sent = Instant::now();
        self.stream.write_all(&ask.bytes).await.unwrap();
        self.read.clear();
        let mut whole = None;
        loop {
            if let Some((head, body)) = whole
                && self.read.len() >= head + body
            {
                break;
            }
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert_ne!(read, 0, "the server closed the connection");
            if whole.is_none() {
                whole = whole_length(&self.read);
            }
        }
        let status = std::str::from_utf8(&self.read[9..12]).unwrap().parse().unwrap();
        (status, sent.elapsed(), whole.map_or(0, |(_, body)| body))
    }
}

/// How long the answer's head and body are, once its head is there.
fn whole_length(read: &[u8]) -> Option<(usize, usize)> {
    let head_ends = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&read[..head_ends]).unwrap();
    let body = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| length.trim().parse().unwrap());
    Some((head_ends, body))
}
