//! A session, from its beginning to its end: what every way to log in begins, and whatever ends it.

use chrono::TimeDelta;
use domain::actor::Role;
use domain::id::{OrganisationId, SessionId, UserId};
use domain::session::SessionEnd;

use super::second_factor::Passed;
use super::secret::{self, SecretKind};
use crate::actions::Refusal;
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::refresh_tokens;
use crate::storage::tables::sessions::{self, SessionRow};

/// How long a session lasts at most, however often it is renewed.
const SESSION_DAYS: i64 = 30;

/// How long one lasts in which an authenticator must be set up, and nothing else can be done.
const SETTING_UP: TimeDelta = TimeDelta::minutes(15);

const LASTS: &str = "active";
const ENDED: &str = "ended";

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// Renews it, once.
    pub refresh_token: String,
    /// When it began or was renewed.
    pub now: domain::Moment,
    /// Whether an authenticator must be set up before anything else is done.
    pub awaits_authenticator: bool,
}

/// Begins a session for somebody who has shown all that they must, on a device that says this of itself.
pub(super) async fn begin(
    unit: &mut Unit<'_>,
    passed: &Passed<'_>,
    device: Option<String>,
) -> Result<Session, Refusal> {
    let (user, awaits_authenticator) = (passed.user(), passed.awaits_authenticator());
    let lifetime = if awaits_authenticator { SETTING_UP } else { TimeDelta::days(SESSION_DAYS) };
    let row = SessionRow {
        id: clock::new_id(),
        organisation_id: user.organisation_id,
        user_id: user.id,
        begun_at: unit.now,
        renewed_at: unit.now,
        expires_at: unit.now + lifetime,
        ended_at: None,
        device,
        authenticated_at: Some(unit.now),
        awaits_authenticator,
    };
    sessions::insert(unit, &row).await?;
    let refresh_token = secret::make(SecretKind::Refresh)?;
    refresh_tokens::insert(unit, &row, secret::digest(&refresh_token)).await?;
    let begun = Event {
        organisation: Some(user.organisation()),
        changes: vec![Change::made("session", row.session(), LASTS)],
        ..Event::about("user.logged_in", "user", user.id)
    };
    events::append(unit, &[begun]).await?;
    Ok(Session {
        id: row.session(),
        user: user.user(),
        role: user.role()?,
        refresh_token,
        now: unit.now,
        awaits_authenticator,
    })
}

/// Ends one session of a person. `false` when it was not theirs, or had ended.
pub(super) async fn end(
    unit: &mut Unit<'_>,
    (organisation, user): (OrganisationId, UserId),
    session: SessionId,
    why: SessionEnd,
) -> Result<bool, Refusal> {
    let ended = sessions::end(unit, user, session, why).await?;
    if ended {
        tell(unit, (organisation, user), why, vec![ended_now(session)]).await?;
    }
    Ok(ended)
}

/// Ends every session of a person.
pub(super) async fn end_all(
    unit: &mut Unit<'_>,
    whose: (OrganisationId, UserId),
    why: SessionEnd,
) -> Result<(), Refusal> {
    let ended = end_untold(unit, whose, why).await?;
    if !ended.is_empty() {
        tell(unit, whose, why, ended).await?;
    }
    Ok(())
}

/// The same, for whoever tells of it together with what else happened.
pub(in crate::actions) async fn end_untold(
    unit: &mut Unit<'_>,
    (organisation, user): (OrganisationId, UserId),
    why: SessionEnd,
) -> Result<Vec<Change>, Refusal> {
    let ended = sessions::end_all_of(unit, organisation, user, why).await?;
    Ok(ended.into_iter().map(ended_now).collect())
}

fn ended_now(session: SessionId) -> Change {
    Change::moved("session", session, LASTS, ENDED)
}

/// The event is about the person, so that whoever remembers who they are forgets it.
async fn tell(
    unit: &mut Unit<'_>,
    (organisation, user): (OrganisationId, UserId),
    why: SessionEnd,
    changes: Vec<Change>,
) -> Result<(), Refusal> {
    let ended = Event {
        organisation: Some(organisation),
        reason: Some(why.as_str().to_owned()),
        changes,
        ..Event::about("user.logged_out", "user", user.uuid())
    };
    Ok(events::append(unit, &[ended]).await?)
}
