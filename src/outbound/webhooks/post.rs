//! One attempt: connect to a judged address, post the signed bytes, hear the status. The answer's body is never read.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::webhook::Outcome;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, RETRY_AFTER, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::line::{Lines, Machine, NoLine, Stream};
use super::target::{HostOf, Target};
use super::{Reach, line};
use crate::clock;

/// The longest that one attempt takes, from the look-up of the name to the status.
const PATIENCE: Duration = Duration::from_secs(20);

/// Posts to receivers, cheap to clone.
#[derive(Clone)]
pub struct Courier {
    lines: Lines,
    tls: TlsConnector,
    patience: Duration,
}

/// What is posted.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

/// How an attempt went.
#[derive(Debug, Clone, Copy)]
pub struct Posted {
    /// For deciding.
    pub outcome: Outcome,
    /// For people: a word.
    pub word: &'static str,
    /// How long it took.
    pub took: Duration,
}

enum Failure {
    NotATarget,
    Line(NoLine),
    Tls,
    Broken,
}

impl Failure {
    const fn word(&self) -> &'static str {
        match self {
            Self::NotATarget => "url_refused",
            Self::Line(NoLine::Unresolved) => "name_not_found",
            Self::Line(NoLine::Inside) => "address_refused",
            Self::Line(NoLine::Unreachable) => "not_reachable",
            Self::Tls => "tls_failed",
            Self::Broken => "connection_broken",
        }
    }
}

impl Courier {
    /// One that goes as far as `reach` by the machine's own network.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self::by(Lines::new(Arc::new(Machine), Arc::new(Machine), reach))
    }

    /// One that uses these lines.
    #[must_use]
    pub fn by(lines: Lines) -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self::trusting(roots, lines)
    }

    /// One that takes these authorities' word for who a receiver is.
    #[must_use]
    pub fn trusting(roots: RootCertStore, lines: Lines) -> Self {
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { lines, tls: TlsConnector::from(Arc::new(config)), patience: PATIENCE }
    }

    /// The same, but an attempt takes no longer than that.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How far it goes.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.lines.reach()
    }

    /// Posts once. Follows no redirect.
    pub async fn post(&self, letter: Letter) -> Posted {
        let began = clock::instant();
        let tried = tokio::time::timeout(self.patience, self.try_to_post(letter)).await;
        let (outcome, word) = match tried {
            Ok(Ok(outcome)) if outcome.is_delivered() => (outcome, "delivered"),
            Ok(Ok(outcome)) => (outcome, "answered"),
            Ok(Err(failure)) => (Outcome::Unanswered, failure.word()),
            Err(_) => (Outcome::Unanswered, "timed_out"),
        };
        Posted { outcome, word, took: clock::since(began) }
    }

    async fn try_to_post(&self, letter: Letter) -> Result<Outcome, Failure> {
        let target = Target::parse(&letter.url, self.reach()).map_err(|_| Failure::NotATarget)?;
        let line = self.lines.to(&target).await.map_err(Failure::Line)?;
        let line = if target.is_encrypted() { self.encrypt(&target, line).await? } else { line };
        let request = request(&target, letter).map_err(|_| Failure::NotATarget)?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(line)).await.map_err(|_| Failure::Broken)?;
        let mut sending = std::pin::pin!(sender.send_request(request));
        let answered = tokio::select! {
            biased;
            answer = &mut sending => Some(answer),
            // It drives the call, and may end with the answer: when the receiver closes right behind it.
            _ = connection => None,
        };
        let answer = match answered {
            Some(answer) => answer,
            None => sending.await,
        };
        let answer = answer.map_err(|_| Failure::Broken)?;
        let retry_after = retry_after(answer.headers());
        Ok(Outcome::Answered { status: answer.status().as_u16(), retry_after })
    }

    async fn encrypt(
        &self,
        target: &Target,
        line: Box<dyn Stream>,
    ) -> Result<Box<dyn line::Stream>, Failure> {
        let name = match target.host() {
            Some(HostOf::Name(name)) => ServerName::try_from(name).map_err(|_| Failure::Tls)?,
            Some(HostOf::Address(address)) => ServerName::IpAddress(address.into()),
            None => return Err(Failure::NotATarget),
        };
        let encrypted = self.tls.connect(name, line).await.map_err(|_| Failure::Tls)?;
        Ok(Box::new(encrypted))
    }
}

fn request(target: &Target, letter: Letter) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    Request::post(target.path())
        .header(HOST, target.authority())
        .header(USER_AGENT, concat!("Birgemiz/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", letter.id)
        .header("webhook-timestamp", letter.timestamp)
        .header("webhook-signature", letter.signature)
        .body(Full::new(Bytes::from(letter.body)))
}

/// The rest that a receiver asks for, in either form of RFC 9110, section 10.2.3.
fn retry_after(headers: &HeaderMap) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(TimeDelta::seconds(i64::from(seconds))),
        Err(_) => {
            let then = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            Some(then.to_utc() - clock::now())
        }
    }
}
