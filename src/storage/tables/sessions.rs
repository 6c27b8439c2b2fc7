//! Sessions: one row for each time that somebody logged in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{OrganisationId, SessionId, UserId};
use domain::session::SessionEnd;
use uuid::Uuid;

use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::sessions;
use crate::storage::{StorageError, Unit};

/// A session as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// Its id, which its refresh tokens call their family.
    pub id: Uuid,
    /// The person's organisation.
    pub organisation_id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// When they logged in.
    pub begun_at: Moment,
    /// When they last renewed it.
    pub renewed_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// When it was ended.
    pub ended_at: Option<Moment>,
    /// What the device said of itself.
    pub device: Option<String>,
    /// When its person last showed who they are; unknown of those that began before that was kept.
    pub authenticated_at: Option<Moment>,
    /// Whether its person must set up an authenticator, and may do nothing else meanwhile.
    pub awaits_authenticator: bool,
}

impl SessionRow {
    /// Its id.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        SessionId::new(self.id)
    }

    /// Whether it has neither been ended nor run out.
    #[must_use]
    pub fn lasts(&self, now: Moment) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

/// Keeps a new session.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, row: &SessionRow) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table).values(row).prepared().execute(unit.conn).await?;
    Ok(())
}

/// A refresh token of it was used.
///
/// # Errors
/// When the database fails.
pub async fn renew(unit: &mut Unit<'_>, session: SessionId) -> Result<(), StorageError> {
    diesel::update(sessions::table.find(session.uuid()))
        .set(sessions::renewed_at.eq(unit.now))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// When that person last showed who they are in that session; none when it is not theirs or has ended.
///
/// # Errors
/// When the database fails.
pub async fn authenticated_at(
    unit: &mut Unit<'_>,
    (user, session): (UserId, SessionId),
) -> Result<Option<Moment>, StorageError> {
    let at: Option<Option<Moment>> = sessions::table
        .find(session.uuid())
        .filter(sessions::user_id.eq(user.uuid()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(unit.now))
        .select(sessions::authenticated_at)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(at.flatten())
}

/// The person of a session has shown who they are. `false` when it is not theirs, or has ended.
///
/// # Errors
/// When the database fails.
pub async fn authenticated(
    unit: &mut Unit<'_>,
    user: UserId,
    session: SessionId,
) -> Result<bool, StorageError> {
    let lasts = diesel::update(
        sessions::table
            .find(session.uuid())
            .filter(sessions::user_id.eq(user.uuid()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(unit.now)),
    )
    .set(sessions::authenticated_at.eq(unit.now))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(lasts > 0)
}

/// Ends a session of a person. `false` when it was not theirs, or had ended.
///
/// # Errors
/// When the database fails.
pub async fn end(
    unit: &mut Unit<'_>,
    user: UserId,
    session: SessionId,
    why: SessionEnd,
) -> Result<bool, StorageError> {
    let ended = diesel::update(
        sessions::table
            .find(session.uuid())
            .filter(sessions::user_id.eq(user.uuid()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(unit.now)),
    )
    .set((sessions::ended_at.eq(unit.now), sessions::end_reason.eq(why.as_str())))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(ended > 0)
}

/// Ends every session of a person, and answers which had not ended yet.
///
/// # Errors
/// When the database fails.
pub async fn end_all_of(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    user: UserId,
    why: SessionEnd,
) -> Result<Vec<SessionId>, StorageError> {
    let ended: Vec<Uuid> = diesel::update(
        sessions::table
            .filter(sessions::organisation_id.eq(organisation.uuid()))
            .filter(sessions::user_id.eq(user.uuid()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(unit.now)),
    )
    .set((sessions::ended_at.eq(unit.now), sessions::end_reason.eq(why.as_str())))
    .returning(sessions::id)
    .prepared()
    .get_results(unit.conn)
    .await?;
    Ok(ended.into_iter().map(SessionId::new).collect())
}

/// The sessions of a person that have not ended, by id, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list_of(
    unit: &mut Unit<'_>,
    user: UserId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SessionRow>, StorageError> {
    let rows = sessions::table
        .filter(sessions::user_id.eq(user.uuid()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(unit.now))
        .filter(sessions::id.gt(after.unwrap_or_default()))
        .order(sessions::id)
        .limit(limit)
        .select(SessionRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Forgets refresh tokens that have run out, and sessions without any that did before then; at most so many of each.
/// Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    let now = unit.now;
    let tokens = forget_some(unit, "refresh_tokens", "expires_at < $1", (now, most)).await?;
    let bare =
        "expires_at < $1 AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.family_id = sessions.id)";
    Ok(tokens + forget_some(unit, "sessions", bare, (before, most)).await?)
}
