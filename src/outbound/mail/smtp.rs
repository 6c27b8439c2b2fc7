//! A mail server: how it is reached, and what its refusals mean.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use secrecy::ExposeSecret;

use super::{MailError, Sent};
use crate::config::{MailSettings, SmtpTls};

/// How long each answer of the server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that are kept open: mail servers give few to each client.
const CONNECTIONS: u32 = 2;

/// The mail server as it is set.
pub(super) fn transport(settings: &MailSettings) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let host = settings.smtp_host.clone().ok_or(MailError::NoHost)?;
    let (tls, usual_port) = match settings.smtp_tls {
        SmtpTls::Implicit => (Tls::Wrapper(parameters(&host, settings)?), 465),
        SmtpTls::Starttls => (Tls::Required(parameters(&host, settings)?), 587),
        SmtpTls::None if is_this_machine(&host) => (Tls::None, 25),
        SmtpTls::None => return Err(MailError::InTheOpen(host)),
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(settings.smtp_port.unwrap_or(usual_port))
        .tls(tls)
        .timeout(Some(PATIENCE))
        .pool_config(PoolConfig::new().max_size(CONNECTIONS));
    match (&settings.smtp_user, &settings.smtp_password) {
        (Some(user), Some(password)) => {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            Ok(builder.credentials(credentials).build())
        }
        (None, None) => Ok(builder.build()),
        (Some(_), None) | (None, Some(_)) => Err(MailError::HalfALogin),
    }
}

fn parameters(host: &str, settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = &settings.smtp_ca_file {
        let unusable = |why: String| MailError::Certificates(path.clone(), why);
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(|error| MailError::Server(error.to_string()))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// What a refusal means. Only its code is kept: the words of mail servers quote addresses.
pub(super) fn judge(error: &Error) -> Sent {
    let Some(code) = error.status() else {
        return Sent::Later(if error.is_timeout() { "timeout" } else { "unreachable" }.to_owned());
    };
    match code.to_string().as_str() {
        // No such mailbox (RFC 5321, section 4.2.3). Other lasting refusals may be about us: a wrong password, a
        // listed address, which somebody will put right.
        word @ ("550" | "551" | "553") => Sent::Never(word.to_owned()),
        word => Sent::Later(word.to_owned()),
    }
}
