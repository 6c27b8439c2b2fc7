//! A receiver on loopback that answers as it is told, and keeps what it was sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use birgemiz::clock;
use birgemiz::outbound::webhooks::signature::{Signed, Verifier};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Manner {
    /// Answers with these lines.
    Answer(&'static str),
    /// Takes it, after so long.
    Dawdle(Duration),
    /// Reads it and never says anything.
    Hang,
    /// Breaks the connection.
    Reset,
}

pub(crate) const TAKEN: Manner = Manner::Answer("HTTP/1.1 204 No Content\r\n");
pub(crate) const BROKEN: Manner = Manner::Answer("HTTP/1.1 500 Internal Server Error\r\n");

impl Manner {
    pub(crate) fn takes(self) -> bool {
        matches!(self, Self::Dawdle(_))
            || matches!(self, Self::Answer(text) if text.starts_with("HTTP/1.1 2"))
    }
}

/// One attempt as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
    /// Whether it was answered 2xx.
    pub(crate) taken: bool,
}

impl Arrival {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn sent_at(&self) -> i64 {
        self.headers["webhook-timestamp"].parse().unwrap()
    }

    pub(crate) fn signatures(&self) -> usize {
        self.headers["webhook-signature"].split(' ').count()
    }

    pub(crate) fn is_signed_for(&self, key: &str) -> bool {
        let header = |name: &str| self.headers.get(name).map(String::as_str);
        let signed = Signed {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        let verifier: Verifier = key.parse().unwrap();
        verifier.verify(signed, &self.body, clock::now().timestamp()).is_ok()
    }
}

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    arrived: Arc<Mutex<Vec<Arrival>>>,
}

impl Receiver {
    /// One that does the given things in turn, and then takes everything.
    pub(crate) async fn start(first: &[Manner]) -> Self {
        let (manners, next) = (first.to_vec(), AtomicUsize::new(0));
        Self::by(move |_| manners.get(next.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or(TAKEN)).await
    }

    /// One that decides by what arrives.
    pub(crate) async fn by(decide: impl Fn(&Arrival) -> Manner + Send + Sync + 'static) -> Self {
        let arrived: Arc<Mutex<Vec<Arrival>>> = Arc::default();
        let kept = arrived.clone();
        let url = listen(move |mut arrival| {
            let manner = decide(&arrival);
            arrival.taken = manner.takes();
            kept.lock().unwrap().push(arrival);
            manner
        })
        .await;
        Self { url, arrived }
    }

    pub(crate) fn arrived(&self) -> Vec<Arrival> {
        self.arrived.lock().unwrap().clone()
    }

    pub(crate) fn taken(&self) -> Vec<Arrival> {
        self.arrived().into_iter().filter(|arrival| arrival.taken).collect()
    }

    /// Waits until what arrived is as it should be.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&[Arrival]) -> bool) -> Vec<Arrival> {
        for _ in 0..600 {
            let arrived = self.arrived();
            if holds(&arrived) {
                return arrived;
            }
            // waits for: a delivery by the service, which rings nothing here
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("in a minute it did not come true that {what}: {:#?}", self.arrived());
    }

    /// Waits until it has taken so many.
    pub(crate) async fn has_taken(&self, count: usize) -> Vec<Arrival> {
        let enough = |arrived: &[Arrival]| arrived.iter().filter(|one| one.taken).count() >= count;
        self.until(&format!("{count} were taken"), enough).await;
        self.taken()
    }
}

/// Listens on loopback, as long as the test's process lives; where.
pub(crate) async fn listen(decide: impl Fn(Arrival) -> Manner + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let decide = Arc::new(decide);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let decide = decide.clone();
            tokio::spawn(async move { serve(stream, &*decide).await });
        }
    });
    url
}

async fn serve(mut stream: TcpStream, decide: &(impl Fn(Arrival) -> Manner + Send + Sync)) {
    let Some((headers, body)) = read(&mut stream).await else { return };
    match decide(Arrival { headers, body, taken: false }) {
        Manner::Answer(text) => answer(&mut stream, text).await,
        Manner::Dawdle(time) => {
            // waits for: as long as this receiver is slow
            tokio::time::sleep(time).await;
            answer(&mut stream, "HTTP/1.1 200 OK\r\n").await;
        }
        Manner::Hang => std::future::pending().await,
        Manner::Reset => {
            let _ = stream.set_zero_linger();
        }
    }
}

async fn answer(stream: &mut TcpStream, text: &str) {
    let answer = format!("{text}content-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<(HashMap<String, String>, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let headers: HashMap<String, String> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        if body.len() >= headers["content-length"].parse::<usize>().unwrap() {
            return Some((headers, body.as_bytes().to_vec()));
        }
    }
}
