//! Queues letters.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::OrganisationId;
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actions::Refusal;
use crate::app::App;
use crate::clock;
use crate::keys::Keys;
use crate::outbound::mail::Letter;
use crate::storage::Unit;
use crate::storage::tables::mail_messages::{self, NewMessage};

/// How long it is tried to send a letter, unless it is of no use earlier.
const LONGEST: TimeDelta = TimeDelta::days(1);

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Anybody's: the caller knows whose.
    Anybody,
    /// It is sent only if somebody who may log in has it. That is looked up when it is sent, so that nobody learns by
    /// asking for a letter whether there is such a person.
    UsersOnly,
}

/// A letter to be queued.
#[derive(Clone)]
pub struct NewLetter<'a> {
    /// On whose behalf, where that is known. A sandbox's is not sent.
    pub organisation: Option<OrganisationId>,
    /// A word for why it is written: a label in the metrics.
    pub purpose: &'static str,
    /// Whose address it is.
    pub whom: Whom,
    /// The address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text, plain.
    pub text: &'a str,
    /// When it is of no use any more, where that is earlier than a day from now.
    pub expires_at: Option<Moment>,
}

/// What queues letters. Cheap to clone, so an action can hold one.
#[derive(Clone)]
pub struct Post {
    keys: Arc<Keys>,
    public_url: Arc<str>,
}

/// A letter as it is kept, under seal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    to: String,
    subject: String,
    text: String,
}

impl Post {
    /// The service's.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self { keys: Arc::clone(&app.keys), public_url: Arc::clone(&app.public_url) }
    }

    /// Where clients reach the service, for links.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Queues a letter in this unit of work, and answers its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(&self, unit: &mut Unit<'_>, letter: NewLetter<'_>) -> Result<Uuid, Refusal> {
        let id = clock::new_id();
        let kept = Kept {
            to: letter.to.to_owned(),
            subject: letter.subject.to_owned(),
            text: letter.text.to_owned(),
        };
        let plain =
            serde_json::to_vec(&kept).map_err(|_| Refusal::because(Code::Internal, "a letter is no JSON"))?;
        let longest = unit.now + LONGEST;
        let new = NewMessage {
            id,
            organisation: letter.organisation,
            purpose: letter.purpose,
            users_only: letter.whom == Whom::UsersOnly,
            sealed: self.keys.seal(&purpose(id), &plain)?,
            expires_at: letter.expires_at.map_or(longest, |at| at.min(longest)),
        };
        mail_messages::insert(unit, new).await?;
        Ok(id)
    }
}

/// Opens a letter. None when other keys have sealed it, which nothing will ever mend.
pub(super) fn open(keys: &Keys, id: Uuid, sealed: &[u8]) -> Option<Letter> {
    let kept: Kept = serde_json::from_slice(&keys.open(&purpose(id), sealed)?).ok()?;
    Some(Letter { id, to: kept.to, subject: kept.subject, text: kept.text })
}

/// One letter's seal is no other's.
fn purpose(id: Uuid) -> String {
    format!("letter {id}")
}
