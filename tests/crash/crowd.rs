//! A crowd that asks at its own pace, whatever the answers: on plain sockets, each call at its moment, so that a
//! server that is slow is asked no less.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use birgemiz::clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// No answer takes longer; whoever waits longer has been forgotten.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection is kept for the next call: less than the service keeps it, which would otherwise close it
/// just as it is used.
const KEPT: Duration = Duration::from_secs(2);

/// One call: its bytes, and its key.
pub(crate) type Asked = (Vec<u8>, String);

/// What a crowd saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// Keys of what was answered with success, and how long each took.
    pub(crate) admitted: Vec<(String, Duration)>,
    /// Refusals with "later" that do not say when.
    pub(crate) without_retry_after: usize,
    /// Calls that got no answer, and why.
    pub(crate) unanswered: Vec<String>,
    pub(crate) lasted: Duration,
}

impl Seen {
    pub(crate) fn calls(&self) -> usize {
        self.statuses.values().sum::<usize>() + self.unanswered.len()
    }

    pub(crate) fn offered_per_second(&self) -> f64 {
        self.calls() as f64 / self.lasted.as_secs_f64()
    }

    pub(crate) fn admitted_per_second(&self) -> f64 {
        self.admitted.len() as f64 / self.lasted.as_secs_f64()
    }

    /// How long all but one in a hundred of the admitted took at most.
    pub(crate) fn p99(&self) -> Duration {
        let mut took: Vec<Duration> = self.admitted.iter().map(|(_, took)| *took).collect();
        took.sort_unstable();
        took.get(took.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
    }

    fn add(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.admitted.extend(other.admitted);
        self.without_retry_after += other.without_retry_after;
        self.unanswered.extend(other.unanswered);
    }
}

/// How a crowd asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) connections: usize,
    /// Calls in a second, of all together; each as soon as the last is answered where there is none.
    pub(crate) rate: Option<f64>,
    pub(crate) lasting: Duration,
}

/// Lets a crowd ask for what `next` tells.
pub(crate) async fn ask(
    url: &str,
    pace: Pace,
    next: impl Fn(usize) -> Asked + Send + Sync + 'static,
) -> Seen {
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let (next, number, started) = (Arc::new(next), Arc::new(AtomicUsize::new(0)), clock::instant());
    let mut crowd = JoinSet::new();
    for _ in 0..pace.connections {
        let (next, number, address) = (next.clone(), number.clone(), address.clone());
        crowd.spawn(async move {
            one(&address, pace, started, || next(number.fetch_add(1, Ordering::Relaxed))).await
        });
    }
    let mut seen = Seen::default();
    while let Some(one) = crowd.join_next().await {
        seen.add(one.unwrap());
    }
    seen.lasted = clock::since(started);
    seen
}

async fn one(address: &str, pace: Pace, started: Instant, next: impl Fn() -> Asked) -> Seen {
    let mut seen = Seen::default();
    let (mut connection, mut used) = (None, started);
    // Everybody begins at another moment of the first interval.
    let interval = pace.rate.map(|rate| Duration::from_secs_f64(pace.connections as f64 / rate));
    let mut due = started + interval.map_or(Duration::ZERO, |interval| interval.mul_f64(fraction()));
    while clock::since(started) < pace.lasting {
        if let Some(interval) = interval {
            // waits for: the moment at which this one asks next
            tokio::time::sleep_until(due.into()).await;
            due += interval;
        }
        let (bytes, key) = next();
        if clock::since(used) > KEPT {
            connection = None;
        }
        let sent = clock::instant();
        match tokio::time::timeout(PATIENCE, exchange(&mut connection, address, &bytes)).await {
            Ok(Ok((status, says_when))) => {
                *seen.statuses.entry(status).or_default() += 1;
                if status < 300 {
                    seen.admitted.push((key, clock::since(sent)));
                } else if !says_when && matches!(status, 429 | 503) {
                    seen.without_retry_after += 1;
                }
            }
            Ok(Err(error)) => {
                connection = None;
                seen.unanswered.push(error.to_string());
            }
            Err(_) => {
                connection = None;
                seen.unanswered.push(format!("nothing within {PATIENCE:?}"));
            }
        }
        used = clock::instant();
    }
    seen
}

fn fraction() -> f64 {
    (clock::new_id().as_u128() % 1000) as f64 / 1000.0
}

/// Sends a call and reads its whole answer: the status, and whether it says when to come again.
async fn exchange(
    connection: &mut Option<TcpStream>,
    address: &str,
    bytes: &[u8],
) -> std::io::Result<(u16, bool)> {
    if connection.is_none() {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        *connection = Some(stream);
    }
    let stream = connection.as_mut().unwrap();
    stream.write_all(bytes).await?;
    let mut read = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "closed before its answer"));
        }
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let length: usize = field("content-length:").map_or(0, |length| length.parse().unwrap());
        if read.len() < end + 4 + length {
            continue;
        }
        if field("connection:") == Some("close") {
            *connection = None;
        }
        let status = head.split_whitespace().nth(1).unwrap();
        return Ok((status.parse().unwrap(), field("retry-after:").is_some()));
    }
}
