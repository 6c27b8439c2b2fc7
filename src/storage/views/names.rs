//! What volunteers are called, for coordinators of their own organisation alone.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{OrganisationId, VolunteerId};
use uuid::Uuid;

use crate::storage::schema::{users, volunteers};
use crate::storage::{StorageError, Unit};

/// The names of those of these volunteers that belong to that organisation.
///
/// # Errors
/// When the database fails.
pub async fn of_own_volunteers(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    of: &[VolunteerId],
) -> Result<BTreeMap<VolunteerId, String>, StorageError> {
    let rows: Vec<(Uuid, String)> = volunteers::table
        .inner_join(users::table.on(users::id.eq(volunteers::user_id)))
        .filter(volunteers::organisation_id.eq(organisation.uuid()))
        .filter(volunteers::id.eq_any(of.iter().map(|volunteer| volunteer.uuid())))
        .select((volunteers::id, users::name))
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (VolunteerId::new(id), name)).collect())
}
