//! Calls of the hotline: which, about what, and how they went. No telephone number is among them.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::calls::{CallPurpose, CallStatus, HotlineOutcome, Verdict};
use domain::id::{AreaId, CallId, HouseholdId, OrganisationId, RequestId, UserId};
use domain::words::Urgency;
use uuid::Uuid;

use super::situations::Situation;
use crate::storage::prepared::Prepare;
use crate::storage::schema::calls;
use crate::storage::{StorageError, Unit};

/// A call as its table keeps it.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = calls)]
pub struct CallRow {
    /// Its id.
    pub id: Uuid,
    /// Whose operators call.
    pub organisation_id: Uuid,
    /// Where.
    pub area_id: Uuid,
    /// Whom.
    pub household_id: Uuid,
    /// About which request.
    pub request_id: Uuid,
    /// What for.
    pub purpose: String,
    /// How soon.
    pub urgency: String,
    /// Where it is in its life.
    pub status: String,
    /// When it is made next, at the earliest.
    pub due_at: Moment,
    /// How often nobody answered.
    pub in_vain: i32,
    /// How it went last.
    pub last_outcome: Option<String>,
    /// Who makes it now.
    pub locked_by: Option<Uuid>,
    /// Until when.
    pub locked_until: Option<Moment>,
    /// When it was scheduled.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Grows with each change.
    pub version: i32,
}

impl CallRow {
    /// Its id.
    #[must_use]
    pub const fn call(&self) -> CallId {
        CallId::new(self.id)
    }

    /// Whose operators call.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// Where.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.area_id)
    }

    /// Whom.
    #[must_use]
    pub const fn household(&self) -> HouseholdId {
        HouseholdId::new(self.household_id)
    }

    /// About which request.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        RequestId::new(self.request_id)
    }

    /// What for.
    ///
    /// # Errors
    /// When the row holds no known purpose.
    pub fn purpose(&self) -> Result<CallPurpose, StorageError> {
        Ok(self.purpose.parse()?)
    }

    /// Where it is in its life.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<CallStatus, StorageError> {
        Ok(self.status.parse()?)
    }

    /// Whether that operator makes it at this moment.
    #[must_use]
    pub fn is_locked_by(&self, operator: UserId, now: Moment) -> bool {
        self.locked_by == Some(operator.uuid()) && self.is_locked(now)
    }

    /// Whether any operator makes it at this moment.
    #[must_use]
    pub fn is_locked(&self, now: Moment) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }
}

/// A call to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewCall {
    /// Its id.
    pub id: CallId,
    /// What for.
    pub purpose: CallPurpose,
    /// How soon.
    pub urgency: Urgency,
    /// When, at the earliest.
    pub due_at: Moment,
}

/// Schedules a call about a request. `None` when one of that purpose was scheduled before.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    about: &Situation,
    new: NewCall,
) -> Result<Option<CallRow>, StorageError> {
    let row = CallRow {
        id: new.id.uuid(),
        organisation_id: about.organisation.uuid(),
        area_id: about.area.uuid(),
        household_id: about.household.uuid(),
        request_id: about.request.uuid(),
        purpose: new.purpose.to_string(),
        urgency: new.urgency.to_string(),
        status: CallStatus::Waiting.to_string(),
        due_at: new.due_at,
        in_vain: 0,
        last_outcome: None,
        locked_by: None,
        locked_until: None,
        created_at: about.now,
        updated_at: about.now,
        ended_at: None,
        version: 1,
    };
    let inserted =
        diesel::insert_into(calls::table).values(&row).on_conflict_do_nothing().execute(unit.conn).await?;
    Ok((inserted == 1).then_some(row))
}

/// The call with that id, whoever owns it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: CallId) -> Result<Option<CallRow>, StorageError> {
    let row = calls::table.find(id.uuid()).select(CallRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// The same, kept from changing until the unit of work ends. Its request is locked before it.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, id: CallId) -> Result<Option<CallRow>, StorageError> {
    let row = calls::table
        .find(id.uuid())
        .select(CallRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// A request's calls that wait, kept from changing; those that somebody makes at this moment are left out.
///
/// # Errors
/// When the database fails.
pub async fn idle_of(
    unit: &mut Unit<'_>,
    request: RequestId,
    now: Moment,
) -> Result<Vec<CallRow>, StorageError> {
    let rows = calls::table
        .filter(calls::request_id.eq(request.uuid()))
        .filter(calls::status.eq(CallStatus::Waiting.as_str()))
        .filter(calls::locked_until.is_null().or(calls::locked_until.le(now)))
        .order(calls::id)
        .select(CallRow::as_select())
        .for_no_key_update()
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// All calls to a household that wait, also those that somebody makes at this moment, kept from changing.
///
/// # Errors
/// When the database fails.
pub async fn waiting_of(unit: &mut Unit<'_>, household: HouseholdId) -> Result<Vec<CallRow>, StorageError> {
    let rows = calls::table
        .filter(calls::household_id.eq(household.uuid()))
        .filter(calls::status.eq(CallStatus::Waiting.as_str()))
        .order(calls::id)
        .select(CallRow::as_select())
        .for_no_key_update()
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Writes how a call went and what follows for it; nobody makes it any more.
///
/// # Errors
/// `Repeat` when it has changed since it was read; else when the database fails.
pub async fn write(
    unit: &mut Unit<'_>,
    row: &CallRow,
    outcome: Option<HotlineOutcome>,
    verdict: &Verdict,
    now: Moment,
) -> Result<CallRow, StorageError> {
    let ended = (verdict.status != CallStatus::Waiting).then_some(now);
    diesel::update(calls::table.find(row.id).filter(calls::version.eq(row.version)))
        .set((
            calls::status.eq(verdict.status.as_str()),
            verdict.again_at.map(|at| calls::due_at.eq(at)),
            calls::in_vain.eq(row.in_vain + i32::from(verdict.in_vain)),
            outcome.map(|outcome| calls::last_outcome.eq(outcome.as_str())),
            calls::locked_by.eq(None::<Uuid>),
            calls::locked_until.eq(None::<Moment>),
            calls::updated_at.eq(now),
            calls::ended_at.eq(ended),
            calls::version.eq(row.version + 1),
        ))
        .returning(CallRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?
        .ok_or(StorageError::Repeat)
}
