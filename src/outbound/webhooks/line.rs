//! A line to a receiver: its name resolved once, every address judged, and only a judged address connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Reach;
use super::target::{HostOf, Target, may_connect};

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// Every address of a name.
    ///
    /// # Errors
    /// When the name has none, or nobody answers.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// A connection, whatever it is made of.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to addresses.
#[async_trait]
pub trait Dial: Send + Sync {
    /// A connection to an address.
    ///
    /// # Errors
    /// When nobody takes it.
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Stream>>;
}

/// The machine's own resolver and network. Asks no proxy, whatever the environment says.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

#[async_trait]
impl Resolve for Machine {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

#[async_trait]
impl Dial for Machine {
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

/// Why there is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLine {
    /// The name has no address.
    Unresolved,
    /// One of its addresses is inside some network.
    Inside,
    /// Nobody takes the connection.
    Unreachable,
}

/// How lines are made.
#[derive(Clone)]
pub struct Lines {
    resolver: Arc<dyn Resolve>,
    dialler: Arc<dyn Dial>,
    reach: Reach,
}

impl Lines {
    /// Lines by this resolver and this network.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolve>, dialler: Arc<dyn Dial>, reach: Reach) -> Self {
        Self { resolver, dialler, reach }
    }

    /// How far they go.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// A line to a target. One address that is not public refuses them all: such an answer is an attack or a mistake.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn to(&self, target: &Target) -> Result<Box<dyn Stream>, NoLine> {
        let addresses = match target.host().ok_or(NoLine::Unresolved)? {
            HostOf::Address(address) => vec![address],
            HostOf::Name(name) => self.resolver.addresses(&name).await.map_err(|_| NoLine::Unresolved)?,
        };
        if addresses.is_empty() {
            return Err(NoLine::Unresolved);
        }
        if !addresses.iter().all(|address| may_connect(*address, self.reach)) {
            return Err(NoLine::Inside);
        }
        // Within one time limit, so a second and a third address help only where the first refuses quickly.
        for address in addresses.into_iter().take(4) {
            if let Ok(stream) = self.dialler.dial(SocketAddr::new(address, target.port())).await {
                return Ok(stream);
            }
        }
        Err(NoLine::Unreachable)
    }
}
