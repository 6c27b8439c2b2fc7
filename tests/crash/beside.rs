//! Those who go on while a crowd asks for too much: somebody on the way to a door, somebody who looks what is near, a
//! reader of the feed and a listener to the stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use birgemiz::clock;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::calls::{Operation, token};
use crate::city::City;
use crate::crowd::all_but_one_in_a_hundred;

/// How often each asks.
const PAUSE: Duration = Duration::from_millis(20);

/// What one of them asked for, and how that went.
#[derive(Debug)]
pub(crate) struct Went {
    pub(crate) what: &'static str,
    took: Vec<Duration>,
    /// Answers that were not what they came for.
    pub(crate) refused: Vec<u16>,
}

impl Went {
    pub(crate) fn calls(&self) -> usize {
        self.took.len()
    }

    pub(crate) fn p99(&self) -> Duration {
        all_but_one_in_a_hundred(self.took.clone())
    }

    pub(crate) fn told(&self) -> String {
        format!("{}: {} calls, p99 {:?}, refused {:?}", self.what, self.calls(), self.p99(), self.refused)
    }
}

/// Those who go on.
pub(crate) struct Beside {
    stopped: Arc<AtomicBool>,
    heard: Arc<AtomicUsize>,
    going: JoinSet<Went>,
    listening: tokio::task::JoinHandle<()>,
}

impl Beside {
    pub(crate) async fn start(city: &Arc<City>) -> Self {
        let (stopped, heard) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut going = JoinSet::new();
        let requests = vec![city.open_request().await, city.open_request().await];
        going.spawn(claim_and_release(city.clone(), stopped.clone(), requests));
        let nearby =
            Look { what: "what is near", path: "/v1/me/nearby-requests", who: city.volunteers[1].clone() };
        let feed = Look { what: "the feed", path: "/v1/events?limit=20", who: city.partner.clone() };
        for look in [nearby, feed] {
            going.spawn(look_on(city.clone(), stopped.clone(), look));
        }
        let listening = tokio::spawn(listen(city.clone(), heard.clone()));
        Self { stopped, heard, going, listening }
    }

    /// How many events the listener has heard so far.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// Lets all of them end, and tells how it went.
    pub(crate) async fn stop(mut self) -> Vec<Went> {
        self.stopped.store(true, Ordering::SeqCst);
        self.listening.abort();
        let mut all = Vec::new();
        while let Some(went) = self.going.join_next().await {
            all.push(went.unwrap());
        }
        all
    }
}

/// A volunteer who takes a request and gives it back, again and again: both are steps of an errand.
async fn claim_and_release(city: Arc<City>, stopped: Arc<AtomicBool>, requests: Vec<String>) -> Went {
    let mut went = Went { what: "claims and releases", took: Vec::new(), refused: Vec::new() };
    for request in requests.iter().cycle() {
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        let claim = city.claim(request, 0);
        // waits for: the moment of the next
        tokio::time::sleep(PAUSE).await;
        let Some(claimed) = went.step(&city, &claim).await else { continue };
        let path = format!("/v1/claims/{}/release", claimed["id"].as_str().unwrap());
        let release = Operation::new(&claim.who, path, json!({"fence": claimed["fence"], "reason": "again"}));
        // Whoever holds it cannot take it again: this step must be made.
        while went.step(&city, &release).await.is_none() && !stopped.load(Ordering::SeqCst) {}
    }
    went
}

impl Went {
    async fn step(&mut self, city: &City, call: &Operation) -> Option<serde_json::Value> {
        let begun = clock::instant();
        let reply = city.client.send(&city.url(), call).await.unwrap();
        self.took.push(clock::since(begun));
        if reply.is_success() {
            return Some(reply.body);
        }
        self.refused.push(reply.status);
        None
    }
}

struct Look {
    what: &'static str,
    path: &'static str,
    who: birgemiz::rest::tokens::Bearer,
}

async fn look_on(city: Arc<City>, stopped: Arc<AtomicBool>, look: Look) -> Went {
    let mut went = Went { what: look.what, took: Vec::new(), refused: Vec::new() };
    while !stopped.load(Ordering::SeqCst) {
        let begun = clock::instant();
        let status = city.client.read(&city.url(), look.path, &look.who).await.unwrap();
        went.took.push(clock::since(begun));
        if status != 200 {
            went.refused.push(status);
        }
        // waits for: the moment of the next
        tokio::time::sleep(PAUSE).await;
    }
    went
}

/// Counts the events of new requests that the stream tells.
async fn listen(city: Arc<City>, heard: Arc<AtomicUsize>) {
    const ONE: &[u8] = b"\nid:";
    let mut stream = TcpStream::connect(city.url().trim_start_matches("http://")).await.unwrap();
    let bearer = token(&city.keys, &city.partner);
    let call = format!("GET /v1/events/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\n\r\n");
    stream.write_all(call.as_bytes()).await.unwrap();
    let mut bytes = Vec::with_capacity(64 * 1024);
    while stream.read_buf(&mut bytes).await.unwrap() > 0 {
        let found = bytes.windows(ONE.len()).filter(|part| *part == ONE).count();
        heard.fetch_add(found, Ordering::SeqCst);
        // What may be the beginning of the next is kept.
        let rest = bytes.len().saturating_sub(ONE.len() - 1);
        bytes.drain(..rest);
    }
}
