//! A wire that can be cut after so many bytes of an answer, or go dark: between a client and the
//! service, or between the service and its database.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where the wire leads.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Tcp(String),
    Unix(PathBuf),
}

/// A wire; it ends with this value.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    fault: Fault,
    listening: JoinHandle<()>,
}

#[derive(Clone)]
struct Fault {
    /// How many bytes of answers may still pass, over all connections together.
    allowance: Arc<AtomicI64>,
    dark: watch::Sender<bool>,
}

const UNLIMITED: i64 = i64::MAX / 2;

impl Proxy {
    pub(crate) async fn start(end: End) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let fault = Fault { allowance: Arc::new(AtomicI64::new(UNLIMITED)), dark: watch::channel(false).0 };
        let faults = fault.clone();
        let listening = tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { continue };
                tokio::spawn(carry(client, end.clone(), faults.clone()));
            }
        });
        Self { port, fault, listening }
    }

    /// Cuts the wire after that many more bytes of answers.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.fault.allowance.store(bytes, Ordering::SeqCst);
    }

    /// Whether as many have passed.
    pub(crate) fn is_cut(&self) -> bool {
        self.fault.allowance.load(Ordering::SeqCst) <= 0
    }

    /// Lets everything pass again.
    pub(crate) fn heal(&self) {
        self.fault.allowance.store(UNLIMITED, Ordering::SeqCst);
        self.fault.dark.send_replace(false);
    }

    /// Lets nothing pass, and closes nothing.
    pub(crate) fn go_dark(&self) {
        self.fault.dark.send_replace(true);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

async fn carry(client: TcpStream, end: End, fault: Fault) {
    let server: Box<dyn Wire> = match end {
        End::Tcp(address) => match TcpStream::connect(address).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
        End::Unix(path) => match UnixStream::connect(path).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
    };
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_client, mut to_client) = client.into_split();
    let there = async {
        let mut part = [0; 4096];
        loop {
            let length = from_client.read(&mut part).await.unwrap_or(0);
            fault.light().await;
            if length == 0 || to_server.write_all(&part[..length]).await.is_err() {
                break;
            }
        }
        // A half-closed wire goes on the other way.
        let _ = to_server.shutdown().await;
        std::future::pending::<()>().await;
    };
    let back = async {
        let mut part = [0; 4096];
        loop {
            let length = from_server.read(&mut part).await.unwrap_or(0);
            fault.light().await;
            let may_pass = fault.take(length);
            if length == 0 || to_client.write_all(&part[..may_pass]).await.is_err() {
                break;
            }
            if may_pass < length {
                // A reset, not an end.
                let _ = to_client.as_ref().set_zero_linger();
                break;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

impl Fault {
    async fn light(&self) {
        let _ = self.dark.subscribe().wait_for(|dark| !dark).await;
    }

    /// How many of these bytes may pass.
    fn take(&self, wanted: usize) -> usize {
        let wanted = i64::try_from(wanted).unwrap();
        let had = self.allowance.fetch_sub(wanted, Ordering::SeqCst);
        usize::try_from(had.clamp(0, wanted)).unwrap()
    }
}
