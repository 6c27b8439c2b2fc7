//! A mail server: other people's SMTP (`mailin`) on a socket of this machine, with TLS and passwords.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine;
use birgemiz::config::{MailChannel, MailSettings, SmtpTls};
use mailin::response::{AUTH_OK, INTERNAL_ERROR, INVALID_CREDENTIALS, NO_MAILBOX, OK};
use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use secrecy::SecretString;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::postgres::folder;

pub(super) const USER: &str = "birgemiz";
pub(super) const PASSWORD: &str = "words for the mail server";

/// What the server has seen.
#[derive(Debug, Default, Clone)]
pub(super) struct Seen {
    /// Letters that it took: to whom, and the whole text.
    pub(super) letters: Vec<(String, String)>,
    /// How many letters it refused, for whatever reason.
    pub(super) refused: usize,
    /// Whether anything but the way to TLS was said in the open.
    pub(super) in_the_open: bool,
}

/// A mail server of one test's own.
pub(super) struct MailServer {
    port: u16,
    authority: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    seen: Seen,
    /// So many letters are put off before one is taken.
    put_off: usize,
}

impl MailServer {
    /// Starts one that puts so many letters off (451), and knows nobody who is called `nobody`.
    pub(super) fn start(put_off: usize) -> Self {
        let (tls, authority) = certified();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { put_off, ..State::default() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (tls, state) = (Arc::clone(&tls), Arc::clone(&shared));
                // Whoever hangs up ends their own thread.
                thread::spawn(move || stream.and_then(|stream| serve(stream, &tls, state)));
            }
        });
        Self { port, authority, state }
    }

    /// Settings by which a service sends its letters here.
    pub(super) fn settings(&self) -> MailSettings {
        MailSettings {
            mail_channel: MailChannel::Smtp,
            mail_from: "Birgemiz <birgemiz@example.org>".to_owned(),
            smtp_host: Some("localhost".to_owned()),
            smtp_port: Some(self.port),
            smtp_tls: SmtpTls::Starttls,
            smtp_user: Some(USER.to_owned()),
            smtp_password: Some(SecretString::from(PASSWORD)),
            smtp_ca_file: Some(self.authority.clone()),
            ..MailSettings::default()
        }
    }

    pub(super) fn seen(&self) -> Seen {
        self.state.lock().unwrap().seen.clone()
    }
}

fn certified() -> (Arc<ServerConfig>, PathBuf) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let path = folder("mail-authority").with_extension("pem");
    let pem = base64::engine::general_purpose::STANDARD.encode(issuer.der());
    let text = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
    std::fs::write(&path, text).unwrap();
    (Arc::new(config), path)
}

struct Postman {
    state: Arc<Mutex<State>>,
    is_known: bool,
    to: String,
    text: Vec<u8>,
}

impl Handler for Postman {
    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.is_known = user == USER && password == PASSWORD;
        if self.is_known { AUTH_OK } else { INVALID_CREDENTIALS }
    }

    fn rcpt(&mut self, to: &str) -> Response {
        let mut state = self.state.lock().unwrap();
        if to.starts_with("nobody@") || !self.is_known {
            state.seen.refused += 1;
            return NO_MAILBOX;
        }
        if state.put_off > 0 {
            state.put_off -= 1;
            state.seen.refused += 1;
            return INTERNAL_ERROR;
        }
        to.clone_into(&mut self.to);
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.text)).into_owned();
        self.state.lock().unwrap().seen.letters.push((std::mem::take(&mut self.to), text));
        OK
    }
}

fn serve(stream: TcpStream, tls: &Arc<ServerConfig>, state: Arc<Mutex<State>>) -> io::Result<()> {
    let mut builder = SessionBuilder::new("mail.example.org");
    builder.enable_start_tls().enable_auth(AuthMechanism::Plain);
    let postman = Postman { state: Arc::clone(&state), is_known: false, to: String::new(), text: Vec::new() };
    let mut session = builder.build(IpAddr::from(Ipv4Addr::LOCALHOST), postman);
    (&stream).write_all(&session.greeting().buffer()?)?;
    if converse(&mut session, &stream, |line| {
        if !["EHLO", "STARTTLS", "QUIT"].iter().any(|word| line.to_uppercase().starts_with(word)) {
            state.lock().unwrap().seen.in_the_open = true;
        }
    })? != Action::UpgradeTls
    {
        return Ok(());
    }
    let connection = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    let mut encrypted = StreamOwned::new(connection, stream);
    session.tls_active();
    converse(&mut session, &mut encrypted, |_| {}).map(drop)
}

/// Answers line by line, until the client goes or the connection is to be encrypted.
fn converse(
    session: &mut Session<Postman>,
    stream: impl Read + Write,
    mut overhear: impl FnMut(&str),
) -> io::Result<Action> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line)? > 0 {
        overhear(&String::from_utf8_lossy(&line));
        let response = session.process(&line);
        line.clear();
        if response.action != Action::NoReply {
            stream.get_mut().write_all(&response.buffer()?)?;
            stream.get_mut().flush()?;
        }
        if matches!(response.action, Action::Close | Action::UpgradeTls) {
            return Ok(response.action);
        }
    }
    Ok(Action::Close)
}
