//! Renews a session: each refresh token gives one successor.
//!
//! A telephone with bad reception may lose the answer and ask again. Within half a minute, and as long as its
//! successor was not used, the same token gives the same successor: however many ask at once, there is one. Later, or
//! for an older token, reuse means theft: the session ends (RFC 9700, section 4.14).
//!
//! The successor is computed from the token under a key that is in no database. So it can be told again although
//! nothing but hashes is kept, and whoever has the database cannot tell it.

use chrono::TimeDelta;
use domain::id::{OrganisationId, UserId};
use domain::refusal::Code;
use domain::session::SessionEnd;

use super::secret::{self, SecretKind};
use super::session::{self, Session};
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::refresh_tokens::{self, RefreshRow};
use crate::storage::tables::sessions;
use crate::storage::tables::users::{self, UserRow};

/// How long a lost answer may be asked for again.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// Renew a session.
#[derive(Clone)]
pub struct RefreshSession {
    refresh_token: String,
    successor: String,
}

impl RefreshSession {
    /// By this token.
    #[must_use]
    pub fn by(keys: &Keys, refresh_token: String) -> Self {
        let successor = secret::of(SecretKind::Refresh, &keys.mac("refresh", &refresh_token));
        Self { refresh_token, successor }
    }
}

impl Action for RefreshSession {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let (hash, next) = (secret::digest(&self.refresh_token), secret::digest(&self.successor));
        // Whoever else renews or ends this session waits for its row.
        let (token, session) =
            refresh_tokens::find_locked(unit, &hash).await?.ok_or(Code::WrongCredentials)?;
        if !session.lasts(unit.now) {
            return Err(Code::WrongCredentials.into());
        }
        let user = UserId::new(session.user_id);
        if token.used_at.is_none() {
            refresh_tokens::insert(unit, &session, next.clone()).await?;
            refresh_tokens::spend(unit, &hash, &next).await?;
            sessions::renew(unit, session.session()).await?;
        } else if !may_ask_again(unit, &token, &next).await? {
            let whose = (OrganisationId::new(session.organisation_id), user);
            session::end(unit, whose, session.session(), SessionEnd::TokenReused).await?;
            return Err(Refusal::new(Code::WrongCredentials).keeping_effects());
        }
        let user = users::find(unit, user).await?.filter(UserRow::is_active).ok_or(Code::WrongCredentials)?;
        Ok(Session {
            id: session.session(),
            user: user.user(),
            role: user.role()?,
            refresh_token: self.successor,
            now: unit.now,
            awaits_authenticator: session.awaits_authenticator,
        })
    }
}

/// Whether a spent token was the latest but one, its successor never used, and spent just now.
async fn may_ask_again(unit: &mut Unit<'_>, token: &RefreshRow, next: &[u8]) -> Result<bool, Refusal> {
    let just_now = token.used_at.is_some_and(|used_at| unit.now - used_at <= GRACE);
    let same = token.child_hash.as_deref() == Some(next);
    Ok(just_now && same && !refresh_tokens::is_spent(unit, next).await?)
}
