//! The other side, for development: takes deliveries one connection at a time.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::signature::Signed;

/// The longest body that is read. Events are thin: a few hundred bytes.
const LONGEST: usize = 1024 * 1024;

/// The longest that one connection may keep the others waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// What arrived.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    id: Option<String>,
    timestamp: Option<String>,
    signature: Option<String>,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

impl Arrival {
    /// Its three headers.
    #[must_use]
    pub fn signed(&self) -> Signed<'_> {
        Signed {
            id: self.id.as_deref(),
            timestamp: self.timestamp.as_deref(),
            signature: self.signature.as_deref(),
        }
    }
}

/// Takes deliveries.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens there.
    ///
    /// # Errors
    /// When somebody else does.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next delivery, answered 204 if `judge` accepts it and 401 if not; none when a connection brought none.
    pub async fn next(&self, judge: impl Fn(&Arrival) -> Result<(), String>) -> Option<Arrival> {
        let (stream, _) = self.listener.accept().await.ok()?;
        let arrived = Mutex::new(None);
        let service = service_fn(|request: Request<Incoming>| async {
            let Some(arrival) = arrival(request).await else {
                return Ok::<_, Infallible>(answer(StatusCode::PAYLOAD_TOO_LARGE));
            };
            let status = match judge(&arrival) {
                Ok(()) => StatusCode::NO_CONTENT,
                Err(_) => StatusCode::UNAUTHORIZED,
            };
            if let Ok(mut arrived) = arrived.lock() {
                *arrived = Some(arrival);
            }
            Ok(answer(status))
        });
        let served = hyper::server::conn::http1::Builder::new()
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        let _ = tokio::time::timeout(PATIENCE, served).await;
        arrived.into_inner().ok().flatten()
    }
}

fn answer(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}

async fn arrival(request: Request<Incoming>) -> Option<Arrival> {
    let text = |headers: &HeaderMap, name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let headers = request.headers();
    let arrival = Arrival {
        id: text(headers, "webhook-id"),
        timestamp: text(headers, "webhook-timestamp"),
        signature: text(headers, "webhook-signature"),
        body: Vec::new(),
    };
    let body = Limited::new(request.into_body(), LONGEST).collect().await.ok()?.to_bytes().to_vec();
    Some(Arrival { body, ..arrival })
}
