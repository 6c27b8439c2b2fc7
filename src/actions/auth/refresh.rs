//! Renews a session: each refresh token gives one successor.
//!
//! A telephone with bad reception may lose the answer and ask again. Within half a minute the same
//! token then gives the same session a fresh successor, and the lost one dies. Later, or for an older
//! token, reuse means theft: the session ends (RFC 9700, section 4.14).

use domain::refusal::Code;

use super::log_in::{self, Session};
use super::secret;
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::sessions::{self, RefreshRow};
use crate::storage::tables::users::{self, UserRow};

/// How long a lost answer may be asked for again.
const GRACE_S: i64 = 30;

/// Renew a session.
#[derive(Clone)]
pub struct RefreshSession {
    /// The token.
    pub refresh_token: String,
}

impl Action for RefreshSession {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let hash = secret::digest(&self.refresh_token);
        let row = sessions::find_locked(unit, &hash).await?.ok_or(Code::WrongCredentials)?;
        if row.revoked_at.is_some() || row.expires_at <= unit.now {
            return Err(Code::WrongCredentials.into());
        }
        if row.used_at.is_some() && !may_ask_again(unit, &row).await? {
            sessions::revoke_family(unit, row.family_id).await?;
            return Err(Refusal::new(Code::WrongCredentials).keeping_effects());
        }
        let user = users::find(unit, domain::id::UserId::new(row.user_id))
            .await?
            .filter(UserRow::is_active)
            .ok_or(Code::WrongCredentials)?;
        let refresh_token = log_in::issue(unit, &user, row.family_id, row.expires_at).await?;
        sessions::spend(unit, &hash, &secret::digest(&refresh_token)).await?;
        Ok(Session { user: user.user(), role: user.role()?, refresh_token, now: unit.now })
    }
}

/// Whether a spent token was the latest but one, its successor never used, and spent just now. The
/// successor that was lost is then spent too, so that two are never good at once.
async fn may_ask_again(unit: &mut Unit<'_>, row: &RefreshRow) -> Result<bool, Refusal> {
    let (Some(used_at), Some(child_hash)) = (row.used_at, row.child_hash.as_ref()) else {
        return Ok(false);
    };
    if unit.now - used_at > chrono::TimeDelta::seconds(GRACE_S) {
        return Ok(false);
    }
    let Some(child) = sessions::find_locked(unit, child_hash).await? else {
        return Ok(false);
    };
    if child.used_at.is_some() {
        return Ok(false);
    }
    sessions::forget(unit, child_hash).await?;
    Ok(true)
}
