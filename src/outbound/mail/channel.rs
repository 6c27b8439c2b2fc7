//! The ways out for a letter.

use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use super::{Sent, smtp};

/// A way out.
#[derive(Clone)]
pub(super) enum Channel {
    /// Files in this folder.
    File(Arc<Path>),
    /// Standard output.
    Console,
    /// A mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Channel {
    pub(super) fn file(folder: PathBuf) -> Self {
        Self::File(folder.into())
    }

    pub(super) fn for_development(&self) -> Option<String> {
        match self {
            Self::File(folder) => Some(folder.display().to_string()),
            Self::Console => Some("standard output".to_owned()),
            Self::Smtp(_) => None,
        }
    }

    pub(super) async fn send(&self, id: Uuid, message: Message) -> Sent {
        match self {
            Self::File(folder) => {
                let folder = Arc::clone(folder);
                taken(move || keep(&folder, id, &message.formatted())).await
            }
            Self::Console => taken(move || show(&message.formatted())).await,
            Self::Smtp(server) => match server.send(message).await {
                Ok(_) => Sent::Taken,
                Err(error) => smtp::judge(&error),
            },
        }
    }
}

/// Disks and terminals wait, and so must not those who drive connections.
async fn taken(write: impl FnOnce() -> io::Result<()> + Send + 'static) -> Sent {
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => Sent::Taken,
        Ok(Err(_)) | Err(_) => Sent::Later("unwritten".to_owned()),
    }
}

/// Whole or not at all: whoever watches the folder never reads half a letter.
fn keep(folder: &Path, id: Uuid, letter: &[u8]) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = folder.join(format!(".{id}"));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(letter)?;
    std::fs::rename(&unfinished, folder.join(format!("{id}.eml")))
}

fn show(letter: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(letter)?;
    out.write_all(b"\n")?;
    out.flush()
}
