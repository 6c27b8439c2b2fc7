//! Letters: written as RFC 5322 has it, and handed to the channel that is set. Knows no table.

mod channel;
mod letter;
mod smtp;

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;

pub use letter::Letter;

use crate::config::{MailChannel, MailSettings};
use channel::Channel;

/// The longest that one letter may take. Shorter than the lease under which it is sent.
const PATIENCE: Duration = Duration::from_secs(15);

/// Hands letters on. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    channel: Channel,
}

/// Why letters cannot be sent as it is set.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender is none.
    #[error("mail_from is no address: write somebody@example.org, or Name <somebody@example.org>")]
    From,
    /// A mail server has no name.
    #[error("mail_channel is smtp, but smtp_host is not set")]
    NoHost,
    /// Letters would be read on their way.
    #[error("smtp_tls is none, but {0} is not this machine: letters would be read on their way")]
    InTheOpen(String),
    /// One without the other.
    #[error("smtp_user and smtp_password are set together, or neither is")]
    HalfALogin,
    /// The certificates.
    #[error("smtp_ca_file {0} holds no certificates: {1}")]
    Certificates(PathBuf, String),
    /// The library refuses.
    #[error("the mail server cannot be spoken to as it is set: {0}")]
    Server(String),
}

/// How an attempt at a letter went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The channel has taken it.
    Taken,
    /// Nobody will ever take it: the address is none, or the mail server knows it is not there.
    Never(String),
    /// Not now.
    Later(String),
}

impl Mailer {
    /// A mailer as it is set; its channel `file` writes into `folder` where no other is named.
    ///
    /// # Errors
    /// In one plain sentence, when nothing could be sent like that.
    pub fn new(settings: &MailSettings, folder: PathBuf) -> Result<Self, MailError> {
        let from = settings.mail_from.parse().map_err(|_| MailError::From)?;
        let channel = match settings.mail_channel {
            MailChannel::File => Channel::file(settings.mail_folder.clone().unwrap_or(folder)),
            MailChannel::Console => Channel::Console,
            MailChannel::Smtp => Channel::Smtp(smtp::transport(settings)?),
        };
        Ok(Self { from, channel })
    }

    /// Where letters go, when that is for development only.
    #[must_use]
    pub fn for_development(&self) -> Option<String> {
        self.channel.for_development()
    }

    /// Hands a letter to the channel, and waits for so long at most.
    pub async fn send(&self, letter: &Letter) -> Sent {
        let Ok(message) = letter.written(&self.from) else {
            return Sent::Never("unwritable".to_owned());
        };
        match tokio::time::timeout(PATIENCE, self.channel.send(letter.id, message)).await {
            Ok(sent) => sent,
            Err(_) => Sent::Later("timeout".to_owned()),
        }
    }
}
