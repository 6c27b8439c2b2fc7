//! Volunteers as coordinators may see them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::actor::Actor;
use domain::id::{OrganisationId, UserId, VolunteerId};
use domain::volunteer::VolunteerStatus;
use uuid::Uuid;

use super::Narrowing;
use super::narrowing::narrow;
use crate::storage::schema::{users, volunteers as table};
use crate::storage::tables::volunteers::{self, VolunteerRow};
use crate::storage::tables::{campaigns, users as people};
use crate::storage::{StorageError, Unit};

/// A volunteer, and who they are where the reader may know it.
#[derive(Clone)]
pub struct SeenVolunteer {
    /// The volunteer.
    pub row: VolunteerRow,
    /// Name and address; only for their own organisation's coordinators.
    pub person: Option<Person>,
}

/// Who a volunteer is.
#[derive(Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
}

/// Which volunteers are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of these statuses; any when empty.
    pub statuses: Vec<VolunteerStatus>,
    /// Where, since when, and which. Where they are is nobody's to ask.
    pub by: Narrowing,
}

/// The volunteer, if the coordinator may know of them: their own organisation's with name, and one
/// of an organisation with which theirs shares a campaign without.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Option<SeenVolunteer>, StorageError> {
    let own = match unit.actor {
        Actor::Coordinator { organisation, .. } => organisation,
        Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::System
        | Actor::Nobody => return Ok(None),
    };
    let Some(row) = volunteers::find(unit, id).await? else {
        return Ok(None);
    };
    if row.organisation() == own {
        return with_person(unit, row).await.map(Some);
    }
    let shared = campaigns::share_one(unit, own, row.organisation()).await?;
    Ok(shared.then_some(SeenVolunteer { row, person: None }))
}

/// A volunteer with who they are. Whether the reader may know it is the caller's to have decided.
///
/// # Errors
/// When the database fails.
pub async fn with_person(unit: &mut Unit<'_>, row: VolunteerRow) -> Result<SeenVolunteer, StorageError> {
    let user = people::find(unit, UserId::new(row.user_id)).await?;
    let person = user.map(|user| Person { name: user.name, email: user.email });
    Ok(SeenVolunteer { row, person })
}

/// An organisation's own volunteers in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    filter: &Filter,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<SeenVolunteer>, StorageError> {
    let mut query = table::table
        .inner_join(users::table.on(users::id.eq(table::user_id)))
        .filter(table::organisation_id.eq(organisation.uuid()))
        .select((VolunteerRow::as_select(), users::name, users::email))
        .order(table::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(table::id.gt(after));
    }
    narrow!(query, table, filter.by);
    if let Some(earliest) = filter.by.earliest_change() {
        query = query.filter(table::updated_at.ge(earliest));
    }
    if !filter.statuses.is_empty() {
        let words: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
        query = query.filter(table::status.eq_any(words));
    }
    let rows: Vec<(VolunteerRow, String, String)> = query.load(unit.conn).await?;
    let seen = |(row, name, email)| SeenVolunteer { row, person: Some(Person { name, email }) };
    Ok(rows.into_iter().map(seen).collect())
}
