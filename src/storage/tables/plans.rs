//! Plans: kept with all that they were made from, changed under the lock of their row, carried out once.

use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, OrganisationId, PlanId, RequestId, UserId, VolunteerId};
use domain::plan::{PlanPolicy, Record};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::plans;
use crate::storage::{StorageError, Unit};

/// A plan as its table keeps it, without what it was made from, which may be long.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = plans)]
pub struct PlanRow {
    /// Its id.
    pub id: Uuid,
    /// Whose requests are planned.
    pub organisation_id: Uuid,
    /// In which area.
    pub area_id: Uuid,
    /// Whether it was carried out.
    pub status: String,
    /// The moment for which it was made.
    pub planned_for: Moment,
    /// Only requests whose window ends by then, where that was asked for.
    pub due_until: Option<Moment>,
    /// By what it was made.
    pub policy: serde_json::Value,
    /// What came of it.
    pub outcome: Option<serde_json::Value>,
    /// Who asked for it.
    pub made_by: Uuid,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When it was carried out.
    pub committed_at: Option<Moment>,
    /// Grows with each change.
    pub version: i32,
}

impl PlanRow {
    /// Its id.
    #[must_use]
    pub const fn plan(&self) -> PlanId {
        PlanId::new(self.id)
    }

    /// Whose requests are planned.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// In which area.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.area_id)
    }

    /// Whether it can still be changed.
    #[must_use]
    pub fn is_proposed(&self) -> bool {
        self.status == "proposed"
    }
}

/// A plan to be kept.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Its id.
    pub id: PlanId,
    /// Whose requests are planned.
    pub organisation: OrganisationId,
    /// In which area.
    pub area: AreaId,
    /// The moment for which it was made.
    pub planned_for: Moment,
    /// Only requests whose window ends by then, where that was asked for.
    pub due_until: Option<Moment>,
    /// By what it was made.
    pub policy: PlanPolicy,
    /// Who asked for it.
    pub made_by: UserId,
}

/// Keeps a new plan.
///
/// # Errors
/// A `plans_area_fk` constraint when that organisation does not work in that area.
pub async fn insert(unit: &mut Unit<'_>, new: &NewPlan, record: &Record) -> Result<PlanRow, StorageError> {
    let policy =
        serde_json::to_value(new.policy).map_err(|error| StorageError::Impossible(error.to_string()))?;
    let row = diesel::insert_into(plans::table)
        .values((
            plans::id.eq(new.id.uuid()),
            plans::organisation_id.eq(new.organisation.uuid()),
            plans::area_id.eq(new.area.uuid()),
            plans::status.eq("proposed"),
            plans::planned_for.eq(new.planned_for),
            plans::due_until.eq(new.due_until),
            plans::policy.eq(policy),
            plans::record.eq(written(record)?),
            plans::made_by.eq(new.made_by.uuid()),
            plans::created_at.eq(unit.now),
            plans::updated_at.eq(unit.now),
        ))
        .returning(PlanRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The plan with that id, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails, or holds a record that is none.
pub async fn find_locked(unit: &mut Unit<'_>, id: PlanId) -> Result<Option<(PlanRow, Record)>, StorageError> {
    let row: Option<(PlanRow, Vec<u8>)> = plans::table
        .find(id.uuid())
        .select((PlanRow::as_select(), plans::record))
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    row.map(|(row, record)| Ok((row, read(&record)?))).transpose()
}

/// The plan with that id.
///
/// # Errors
/// When the database fails, or holds a record that is none.
pub async fn find(unit: &mut Unit<'_>, id: PlanId) -> Result<Option<(PlanRow, Record)>, StorageError> {
    let row: Option<(PlanRow, Vec<u8>)> = plans::table
        .find(id.uuid())
        .select((PlanRow::as_select(), plans::record))
        .first(unit.conn)
        .await
        .optional()?;
    row.map(|(row, record)| Ok((row, read(&record)?))).transpose()
}

/// Plans by id, or only those of one area, up to so many of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    area: Option<AreaId>,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<PlanRow>, StorageError> {
    let mut query = plans::table
        .filter(plans::id.gt(after.unwrap_or_default()))
        .order(plans::id)
        .limit(limit)
        .select(PlanRow::as_select())
        .into_boxed();
    if let Some(organisation) = unit.actor.organisation() {
        query = query.filter(plans::organisation_id.eq(organisation.uuid()));
    }
    if let Some(area) = area {
        query = query.filter(plans::area_id.eq(area.uuid()));
    }
    Ok(query.load(unit.conn).await?)
}

/// Keeps what came of a plan after edits.
///
/// # Errors
/// When the database fails.
pub async fn change(unit: &mut Unit<'_>, id: PlanId, record: &Record) -> Result<PlanRow, StorageError> {
    let row = diesel::update(plans::table.find(id.uuid()).filter(plans::status.eq("proposed")))
        .set((
            plans::record.eq(written(record)?),
            plans::updated_at.eq(unit.now),
            plans::version.eq(plans::version + 1),
        ))
        .returning(PlanRow::as_returning())
        .get_result(unit.conn)
        .await
        .optional()?;
    row.ok_or(StorageError::Repeat)
}

/// A plan was carried out.
///
/// # Errors
/// When the database fails.
pub async fn commit(
    unit: &mut Unit<'_>,
    id: PlanId,
    outcome: &serde_json::Value,
) -> Result<PlanRow, StorageError> {
    let row = diesel::update(plans::table.find(id.uuid()).filter(plans::status.eq("proposed")))
        .set((
            plans::status.eq("committed"),
            plans::outcome.eq(outcome),
            plans::committed_at.eq(unit.now),
            plans::updated_at.eq(unit.now),
            plans::version.eq(plans::version + 1),
        ))
        .returning(PlanRow::as_returning())
        .get_result(unit.conn)
        .await
        .optional()?;
    row.ok_or(StorageError::Repeat)
}

/// Locks the volunteers and then the requests of many claims, each in the order of their ids, so that two who take many
/// wait for each other and never in a circle.
///
/// # Errors
/// When the database fails.
pub async fn lock_both_sides(
    unit: &mut Unit<'_>,
    volunteers: &[VolunteerId],
    requests: &[RequestId],
) -> Result<(), StorageError> {
    let volunteers: Vec<Uuid> = volunteers.iter().map(|volunteer| volunteer.uuid()).collect();
    let requests: Vec<Uuid> = requests.iter().map(|request| request.uuid()).collect();
    for (text, ids) in [
        ("SELECT FROM volunteers WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", volunteers),
        ("SELECT FROM requests WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", requests),
    ] {
        diesel::sql_query(text).bind::<Array<SqlUuid>, _>(ids).prepared().execute(unit.conn).await?;
    }
    Ok(())
}

fn written(record: &Record) -> Result<Vec<u8>, StorageError> {
    serde_json::to_vec(record).map_err(|error| StorageError::Impossible(error.to_string()))
}

fn read(record: &[u8]) -> Result<Record, StorageError> {
    serde_json::from_slice(record).map_err(|error| StorageError::Impossible(error.to_string()))
}
