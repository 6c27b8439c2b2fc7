//! A crowd that asks at its own pace, whatever the answers: on plain sockets that are kept, each call at its moment, and
//! how long it took counted from that moment, so that a server that is slow is asked no less and flattered by nobody.
//!
//! A call is the same bytes each time but for its key, so that asking costs a small part of what answering does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// So many digits at the end of a key number the calls of a crowd.
const DIGITS: usize = 12;

/// A call to be made again and again, each time under a key of its own.
#[derive(Clone)]
pub(crate) struct Template {
    bytes: Vec<u8>,
    key: String,
    /// Where the digits of the key are that number the calls.
    numbers: Vec<usize>,
}

impl Template {
    /// From the bytes of one such call, and its key.
    pub(crate) fn of(bytes: Vec<u8>, key: String) -> Self {
        let found = bytes.windows(key.len()).enumerate().filter(|(_, part)| *part == key.as_bytes());
        let numbers: Vec<usize> = found.map(|(place, _)| place + key.len() - DIGITS).collect();
        assert!(!numbers.is_empty(), "the call does not hold its key");
        Self { bytes, key, numbers }
    }

    fn key(&self, number: u64) -> String {
        let (same, _) = self.key.split_at(self.key.len() - DIGITS);
        format!("{same}{number:0DIGITS$}")
    }

    fn write(&mut self, number: u64) {
        let digits = format!("{number:0DIGITS$}");
        for place in &self.numbers {
            self.bytes[*place..place + DIGITS].copy_from_slice(digits.as_bytes());
        }
    }
}

/// What a crowd saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// Keys of what was answered with success, and how long each took from the moment at which it was due.
    pub(crate) admitted: Vec<(String, Duration)>,
    /// How long the others took.
    refused: Vec<Duration>,
    /// Refusals with "later" that do not say when.
    pub(crate) without_retry_after: usize,
    /// Calls that got no answer, and why.
    pub(crate) unanswered: Vec<String>,
    /// Connections that were opened.
    pub(crate) opened: usize,
    /// From the first call to the end of the last answer.
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
        all_but_one_in_a_hundred(self.admitted.iter().map(|(_, took)| *took).collect())
    }

    /// The same of those who were turned away.
    pub(crate) fn p99_of_the_refused(&self) -> Duration {
        all_but_one_in_a_hundred(self.refused.clone())
    }

    fn add(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.admitted.extend(other.admitted);
        self.refused.extend(other.refused);
        self.without_retry_after += other.without_retry_after;
        self.unanswered.extend(other.unanswered);
        self.opened += other.opened;
    }
}

pub(crate) fn all_but_one_in_a_hundred(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took.get(took.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
}

/// How a crowd asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) connections: usize,
    /// Calls in a second, of all together; each as soon as the last is answered where there is none.
    pub(crate) rate: Option<f64>,
    pub(crate) lasting: Duration,
}

/// Lets a crowd ask.
pub(crate) async fn ask(url: &str, pace: Pace, template: &Template) -> Seen {
    let address: Arc<str> = url.strip_prefix("http://").unwrap().into();
    let (number, started) = (Arc::new(AtomicU64::new(0)), clock::instant());
    let mut crowd = JoinSet::new();
    for place in 0..pace.connections {
        let one = One {
            address: address.clone(),
            template: template.clone(),
            number: number.clone(),
            connection: None,
            answer: Vec::with_capacity(4096),
            seen: Seen::default(),
        };
        crowd.spawn(one.ask(pace, started, place));
    }
    let mut seen = Seen::default();
    while let Some(one) = crowd.join_next().await {
        seen.add(one.unwrap());
    }
    seen.lasted = clock::since(started);
    seen
}

/// One of a crowd, who makes one call at a time.
struct One {
    address: Arc<str>,
    template: Template,
    number: Arc<AtomicU64>,
    connection: Option<TcpStream>,
    answer: Vec<u8>,
    seen: Seen,
}

impl One {
    async fn ask(mut self, pace: Pace, started: Instant, place: usize) -> Seen {
        let interval = pace.rate.map(|rate| Duration::from_secs_f64(pace.connections as f64 / rate));
        // Everybody begins at another moment of the first interval.
        let part = place as f64 / pace.connections as f64;
        let mut due = started + interval.map_or(Duration::ZERO, |interval| interval.mul_f64(part));
        let mut used = started;
        loop {
            match interval {
                // waits for: the moment at which this one asks next
                Some(_) => tokio::time::sleep_until(due.into()).await,
                None => due = clock::instant(),
            }
            if due.saturating_duration_since(started) >= pace.lasting {
                return self.seen;
            }
            if clock::since(used) > KEPT {
                self.connection = None;
            }
            self.call(due).await;
            used = clock::instant();
            // What was due while the last was waited for is asked at once, and counted from when it was due.
            due += interval.unwrap_or_default();
        }
    }

    async fn call(&mut self, due: Instant) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.template.write(number);
        let outcome = tokio::time::timeout(PATIENCE, self.exchange()).await;
        let took = clock::since(due);
        match outcome {
            Ok(Ok((status, says_when))) => {
                *self.seen.statuses.entry(status).or_default() += 1;
                if status < 300 {
                    self.seen.admitted.push((self.template.key(number), took));
                    return;
                }
                self.seen.refused.push(took);
                self.seen.without_retry_after += usize::from(!says_when && matches!(status, 429 | 503));
            }
            Ok(Err(error)) => {
                self.connection = None;
                self.seen.unanswered.push(error.to_string());
            }
            Err(_) => {
                self.connection = None;
                self.seen.unanswered.push(format!("nothing within {PATIENCE:?}"));
            }
        }
    }

    /// Sends a call and reads its whole answer: the status, and whether it says when to come again.
    async fn exchange(&mut self) -> std::io::Result<(u16, bool)> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(&*self.address).await?;
            stream.set_nodelay(true)?;
            self.seen.opened += 1;
            self.connection = Some(stream);
        }
        let stream = self.connection.as_mut().unwrap();
        stream.write_all(&self.template.bytes).await?;
        self.answer.clear();
        loop {
            if stream.read_buf(&mut self.answer).await? == 0 {
                let early = std::io::ErrorKind::UnexpectedEof;
                return Err(std::io::Error::new(early, "closed before its answer"));
            }
            let Some(answer) = Answer::read(&mut self.answer) else { continue };
            if answer.closes {
                self.connection = None;
            }
            return Ok((answer.status, answer.says_when));
        }
    }
}

/// What is looked at of an answer.
struct Answer {
    status: u16,
    says_when: bool,
    closes: bool,
}

impl Answer {
    /// The answer, once all of it is there.
    fn read(bytes: &mut [u8]) -> Option<Self> {
        let end = find(bytes, b"\r\n\r\n")?;
        let (head, body) = bytes.split_at_mut(end);
        head.make_ascii_lowercase();
        let length = field(head, b"\r\ncontent-length: ").map_or(0, number);
        if body.len() < 4 + length {
            return None;
        }
        let says_when = field(head, b"\r\nretry-after: ").is_some();
        let closes = field(head, b"\r\nconnection: ").is_some_and(|value| value.starts_with(b"close"));
        Some(Self { status: u16::try_from(number(&head[9..])).unwrap(), says_when, closes })
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn field<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    find(head, name).map(|at| &head[at + name.len()..])
}

fn number(text: &[u8]) -> usize {
    text.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
}
