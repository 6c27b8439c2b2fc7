//! A receiver is who its certificate says, by an authority that is trusted, and under the name that was asked for.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use birgemiz::outbound::webhooks::line::{Lines, Stream};
use birgemiz::outbound::webhooks::{Courier, Dial, Reach, Resolve};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::inside::letter;
use crate::support::run;

/// Every name is somewhere on the internet.
struct Somewhere;

#[async_trait]
impl Resolve for Somewhere {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![IpAddr::from([93, 184, 216, 34])])
    }
}

/// How far the receiver goes along.
#[derive(Clone, Copy)]
enum Until {
    /// To the answer.
    Answer,
    /// Through the handshake, then never a word.
    Handshake,
    /// It takes the connection and says nothing at all.
    Connection,
    /// Nobody takes the connection.
    Nothing,
}

/// Connects to a receiver of this process, whatever the address.
struct Wire {
    tls: TlsAcceptor,
    until: Until,
}

#[async_trait]
impl Dial for Wire {
    async fn dial(&self, _: SocketAddr) -> io::Result<Box<dyn Stream>> {
        let (ours, theirs) = tokio::io::duplex(65_536);
        if matches!(self.until, Until::Nothing) {
            std::future::pending::<()>().await;
        }
        tokio::spawn(receive(self.tls.clone(), theirs, self.until));
        Ok(Box::new(ours))
    }
}

async fn receive(tls: TlsAcceptor, wire: DuplexStream, until: Until) {
    if matches!(until, Until::Connection) {
        let _open = wire;
        return std::future::pending().await;
    }
    let Ok(mut stream) = tls.accept(wire).await else { return };
    let mut bytes = [0; 4096];
    let _ = stream.read(&mut bytes).await;
    if matches!(until, Until::Handshake) {
        return std::future::pending().await;
    }
    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    let _ = stream.shutdown().await;
}

/// An authority, and a receiver's side of TLS with a certificate of it for that name.
fn certified(name: &str) -> (RootCertStore, TlsAcceptor) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (roots, TlsAcceptor::from(Arc::new(config)))
}

fn lines(tls: TlsAcceptor, until: Until) -> Lines {
    Lines::new(Arc::new(Somewhere), Arc::new(Wire { tls, until }), Reach::Public)
}

#[test]
fn only_a_trusted_certificate_for_that_very_name_is_posted_to() {
    run(async {
        let url = "https://hook.example.org/";
        let (roots, tls) = certified("hook.example.org");
        let word = |courier: Courier| async move { courier.post(letter(url)).await.word };
        assert_eq!(word(Courier::trusting(roots, lines(tls.clone(), Until::Answer))).await, "delivered");
        assert_eq!(word(Courier::by(lines(tls, Until::Answer))).await, "tls_failed", "nobody known");
        let (roots, tls) = certified("other.example.org");
        let other = word(Courier::trusting(roots, lines(tls, Until::Answer))).await;
        assert_eq!(other, "tls_failed", "another name");
    });
}

#[test]
fn an_attempt_ends_in_time_wherever_the_receiver_falls_silent() {
    run(async {
        for until in [Until::Handshake, Until::Connection, Until::Nothing] {
            let (roots, tls) = certified("hook.example.org");
            let courier = Courier::trusting(roots, lines(tls, until)).within(Duration::from_millis(300));
            assert_eq!(courier.post(letter("https://hook.example.org/")).await.word, "timed_out");
        }
    });
}
