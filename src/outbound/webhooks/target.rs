//! Where something may be posted to, as far as the URL alone tells. The addresses behind a name are judged when they
//! are connected to.

use std::net::IpAddr;

use url::{Host, Url};

use super::Reach;
use super::address::is_public;

/// The longest URL.
const LONGEST: usize = 2_000;

/// A URL that something may be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
}

/// Whom to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostOf {
    /// One whose addresses are looked up.
    Name(String),
    /// An address, in whatever spelling it came.
    Address(IpAddr),
}

/// Why nothing is posted to a URL. Carries nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    /// It is no URL, or longer than one may be.
    #[error("an absolute URL of at most 2000 characters")]
    Malformed,
    /// It is not https.
    #[error("https only")]
    Scheme,
    /// It names a user or a password.
    #[error("no user and no password in it; every delivery is signed instead")]
    Credentials,
    /// It has a fragment, which is never sent.
    #[error("no fragment")]
    Fragment,
    /// It names an address that is not public.
    #[error("a host on the public internet")]
    Inside,
}

impl Target {
    /// Takes a URL that something may be posted to. Every spelling of an address is read as browsers do
    /// (WHATWG URL): `0x7f.1`, `2130706433` and `0177.0.0.1` are all 127.0.0.1.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, NotATarget> {
        // What a URL's reader strips in silence is not a URL that somebody meant.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if text.len() > LONGEST || !is_plain {
            return Err(NotATarget::Malformed);
        }
        let url = Url::parse(text).map_err(|_| NotATarget::Malformed)?;
        match (url.scheme(), reach) {
            ("https", _) | ("http", Reach::LoopbackToo) => {}
            _ => return Err(NotATarget::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            return Err(NotATarget::Credentials);
        }
        if url.fragment().is_some() {
            return Err(NotATarget::Fragment);
        }
        let target = Self { url };
        match target.host().ok_or(NotATarget::Malformed)? {
            HostOf::Address(address) if !may_connect(address, reach) => Err(NotATarget::Inside),
            HostOf::Name(name) if is_local(&name) && reach == Reach::Public => Err(NotATarget::Inside),
            HostOf::Address(_) | HostOf::Name(_) => Ok(target),
        }
    }

    /// Whom to connect to.
    #[must_use]
    pub fn host(&self) -> Option<HostOf> {
        match self.url.host()? {
            Host::Domain("") => None,
            Host::Domain(name) => Some(HostOf::Name(name.to_owned())),
            Host::Ipv4(address) => Some(HostOf::Address(address.into())),
            Host::Ipv6(address) => Some(HostOf::Address(address.into())),
        }
    }

    /// At which port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The path with its query.
    #[must_use]
    pub fn path(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.url.path())
    }

    /// The URL as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

/// Whether that address may be connected to.
#[must_use]
pub fn may_connect(address: IpAddr, reach: Reach) -> bool {
    is_public(address) || (reach == Reach::LoopbackToo && address.is_loopback())
}

/// Names that never are anybody's on the internet (RFC 6761, RFC 6762, RFC 8375, and what clouds use inside).
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.')
        || [
            ".localhost",
            ".local",
            ".internal",
            ".home.arpa",
            ".lan",
            ".intranet",
            ".corp",
            ".test",
            ".invalid",
        ]
        .iter()
        .any(|ending| name.ends_with(ending))
}
