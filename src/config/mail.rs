//! How letters leave the house.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

/// Where letters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MailChannel {
    /// Into files, one a letter. For development: whoever may read the folder logs in as anybody.
    File,
    /// To standard output. For development as well.
    Console,
    /// To a mail server.
    Smtp,
}

/// How a mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SmtpTls {
    /// Encrypted from the first byte, usually at port 465.
    Implicit,
    /// Encrypted before anything else is said, usually at port 587. Without encryption nothing is sent.
    Starttls,
    /// Not at all: for a mail server on this machine, and no other.
    None,
}

/// How letters leave the house.
#[derive(Debug, Clone, Args)]
pub struct MailSettings {
    /// Where letters go: `smtp` to a mail server; `file` and `console` are for development, for whoever reads
    /// there can log in as anybody.
    #[arg(long, env = "BIRGEMIZ_MAIL_CHANNEL", value_enum, default_value = "file")]
    pub mail_channel: MailChannel,
    /// Who letters are from: an address, or a name with the address in angle brackets.
    #[arg(long, env = "BIRGEMIZ_MAIL_FROM", default_value = "Birgemiz <birgemiz@localhost>")]
    pub mail_from: String,
    /// Folder into which the channel `file` writes [default: mail/ in the data folder].
    #[arg(long, env = "BIRGEMIZ_MAIL_FOLDER")]
    pub mail_folder: Option<PathBuf>,
    /// Name of the mail server.
    #[arg(long, env = "BIRGEMIZ_SMTP_HOST")]
    pub smtp_host: Option<String>,
    /// Port of the mail server [default: 465 for implicit, 587 for starttls, 25 for none].
    #[arg(long, env = "BIRGEMIZ_SMTP_PORT")]
    pub smtp_port: Option<u16>,
    /// How the mail server is spoken to; `none` is refused unless it is on this machine.
    #[arg(long, env = "BIRGEMIZ_SMTP_TLS", value_enum, default_value = "starttls")]
    pub smtp_tls: SmtpTls,
    /// Name to log in with at the mail server. Nobody logs in when not given.
    #[arg(long, env = "BIRGEMIZ_SMTP_USER")]
    pub smtp_user: Option<String>,
    /// Password to log in with at the mail server.
    #[arg(long, env = "BIRGEMIZ_SMTP_PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<SecretString>,
    /// File of certificates (PEM) that are trusted beside the public ones: for a mail server with one of its own.
    #[arg(long, env = "BIRGEMIZ_SMTP_CA_FILE")]
    pub smtp_ca_file: Option<PathBuf>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            mail_channel: MailChannel::File,
            mail_from: "Birgemiz <birgemiz@localhost>".to_owned(),
            mail_folder: None,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: SmtpTls::Starttls,
            smtp_user: None,
            smtp_password: None,
            smtp_ca_file: None,
        }
    }
}
