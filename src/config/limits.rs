//! How often anybody may call, whose word about who calls is believed, and by which names the service is called.

use std::net::IpAddr;
use std::str::FromStr;

use clap::Args;
use ipnet::IpNet;

/// How many calls in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct QuotaSettings {
    /// Calls that one person may make in a minute; 0 for any number.
    #[arg(long, env = "BIRGEMIZ_PERSON_QUOTA", default_value_t = 1_200, value_parser = clap::value_parser!(u32).range(0..=1_000_000_000))]
    pub person_quota: u32,
    /// Calls that one partner app may make in a minute; 0 for any number.
    #[arg(long, env = "BIRGEMIZ_PARTNER_QUOTA", default_value_t = 12_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000_000))]
    pub partner_quota: u32,
    /// Calls that all people and partner apps of one organisation may make in a minute; 0 for any number.
    #[arg(long, env = "BIRGEMIZ_ORGANISATION_QUOTA", default_value_t = 120_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000_000))]
    pub organisation_quota: u32,
    /// Calls that everybody at one network address who is not logged in may make in a minute; 0 for any number.
    /// Whole districts share an address behind their mobile network.
    #[arg(long, env = "BIRGEMIZ_ADDRESS_QUOTA", default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000_000))]
    pub address_quota: u32,
}

impl Default for QuotaSettings {
    fn default() -> Self {
        Self { person_quota: 1_200, partner_quota: 12_000, organisation_quota: 120_000, address_quota: 3_000 }
    }
}

impl QuotaSettings {
    /// Any number of calls for everybody.
    pub const NONE: Self =
        Self { person_quota: 0, partner_quota: 0, organisation_quota: 0, address_quota: 0 };
}

/// How many streams of events may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct StreamSettings {
    /// Streams of events that one caller may hold open at one server; 0 for any number.
    #[arg(long, env = "BIRGEMIZ_CALLER_STREAMS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub caller_streams: u32,
    /// Streams of events that may be open at one server; 0 for any number. Each holds a connection for up to ten
    /// minutes.
    #[arg(long, env = "BIRGEMIZ_PROCESS_STREAMS", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub process_streams: u32,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self { caller_streams: 10, process_streams: 2_000 }
    }
}

/// Proxies whose `X-Forwarded-For` header is believed: addresses and networks, separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether somebody at that address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let single = |address: IpAddr| IpNet::from(address.to_canonical());
                let network = part.parse::<IpNet>().ok().or_else(|| part.parse().ok().map(single));
                network.ok_or_else(|| "addresses and networks such as 10.0.0.0/8,::1".to_owned())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The names by which clients reach the service: hosts, separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicHosts(Vec<String>);

impl PublicHosts {
    /// Whether a call to that authority, with or without a port, is meant for this service. Where no names are set,
    /// every call is.
    #[must_use]
    pub fn hold(&self, authority: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|known| *known == host_of(authority))
    }

    /// Whether any are set.
    #[must_use]
    pub const fn are_set(&self) -> bool {
        !self.0.is_empty()
    }
}

/// The host of an authority, without its port, as hosts are compared (RFC 9110, section 4.2.3).
fn host_of(authority: &str) -> String {
    let without_port = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    // An IPv6 address has its colons between brackets only.
    let host =
        if without_port.starts_with('[') && !without_port.ends_with(']') { authority } else { without_port };
    host.trim_end_matches('.').to_ascii_lowercase()
}

impl FromStr for PublicHosts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hosts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let host = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
            let host = host_of(part);
            let known = plain && host.len() <= 253 && host == part.trim_end_matches('.').to_ascii_lowercase();
            known
                .then_some(host)
                .ok_or_else(|| "hosts without scheme and port, such as api.example.org,10.0.0.5".to_owned())
        };
        hosts.map(host).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_with_any_port_and_in_any_case() {
        let hosts: PublicHosts = "api.example.org, 10.0.0.5,[2001:db8::1]".parse().unwrap();
        for known in [
            "api.example.org",
            "API.example.org:8443",
            "api.example.org.",
            "10.0.0.5:80",
            "[2001:db8::1]",
            "[2001:DB8::1]:8080",
        ] {
            assert!(hosts.hold(known), "{known}");
        }
        for foreign in [
            "",
            "example.org",
            "evil.api.example.org",
            "api.example.org.evil.net",
            "10.0.0.50",
            "[2001:db8::2]",
            "api.example.org:x",
        ] {
            assert!(!hosts.hold(foreign), "{foreign}");
        }
        assert!(PublicHosts::default().hold("anything"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["https://api.example.org", "api.example.org:8080", "a b", "ex*mple.org"] {
            assert!(text.parse::<PublicHosts>().is_err(), "{text}");
        }
    }
}
