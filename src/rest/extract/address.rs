//! Where a caller is in the network, for limits. A header tells it only where a proxy of ours wrote it.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::app::App;
use crate::config::TrustedProxies;
use crate::rest::problem::Problem;

const FORWARDED: &str = "x-forwarded-for";

/// No chain of proxies is longer.
const MOST_HOPS: usize = 16;

/// The caller's address; of an IPv6 one the network, for a household has a whole one to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The address from which a request comes.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let Some(peer) = request.peer_addr() else { return Self(None) };
        let Some(app) = request.app_data::<Data<App>>() else { return Self(Some(network(peer.ip()))) };
        let told = request.headers().get_all(FORWARDED).filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = told.flat_map(|value| value.split(',')).collect();
        Self(Some(network(behind(peer.ip(), &hops, &app.trusted_proxies))))
    }
}

/// Each proxy appends whom it was called by. So the list is believed from its end, as far as those who wrote it
/// are trusted.
fn behind(peer: IpAddr, hops: &[&str], trusted: &TrustedProxies) -> IpAddr {
    let mut address = peer.to_canonical();
    for hop in hops.iter().rev().take(MOST_HOPS) {
        if !trusted.contains(address) {
            break;
        }
        match parse(hop.trim()) {
            Some(next) => address = next.to_canonical(),
            None => break,
        }
    }
    address
}

/// Some proxies tell the port too.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, hops: &[&str], trusted: &str) -> String {
        network(behind(peer.parse().unwrap(), hops, &trusted.parse().unwrap())).to_string()
    }

    #[test]
    fn a_header_of_somebody_who_is_not_trusted_changes_nothing() {
        for hops in [&["9.9.9.9"][..], &["127.0.0.1", "9.9.9.9"], &["10.0.0.1"], &["rubbish"]] {
            assert_eq!(seen("203.0.113.7", hops, "10.0.0.0/8"), "203.0.113.7");
            assert_eq!(seen("10.0.0.1", hops, ""), "10.0.0.1");
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_who_called_it_and_nothing_before_that() {
        let trusted = "10.0.0.0/8, ::1";
        assert_eq!(seen("10.0.0.1", &["203.0.113.7"], trusted), "203.0.113.7");
        assert_eq!(seen("10.0.0.1", &["1.2.3.4", " 203.0.113.7 "], trusted), "203.0.113.7");
        assert_eq!(
            seen("::ffff:10.0.0.1", &["1.2.3.4", "203.0.113.7:4711", "10.0.0.2"], trusted),
            "203.0.113.7"
        );
        assert_eq!(seen("10.0.0.1", &["1.2.3.4", "unknown"], trusted), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], trusted), "10.0.0.1");
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", &[], ""), "2001:db8:1:2::");
    }
}
