//! What organisations themselves call their households and requests: names apart from those that partner
//! apps give theirs.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{HouseholdId, OrganisationId, RequestId};
use uuid::Uuid;

use crate::storage::schema::{households, requests};
use crate::storage::{StorageError, Unit};

/// The household that its organisation calls so.
///
/// # Errors
/// When the database fails.
pub async fn household(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    name: &str,
) -> Result<Option<HouseholdId>, StorageError> {
    let id: Option<Uuid> = households::table
        .filter(households::organisation_id.eq(organisation.uuid()))
        .filter(households::partner_id.is_null())
        .filter(households::external_id.eq(name))
        .select(households::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(id.map(HouseholdId::new))
}

/// The request that its organisation calls so.
///
/// # Errors
/// When the database fails.
pub async fn request(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    name: &str,
) -> Result<Option<RequestId>, StorageError> {
    let id: Option<Uuid> = requests::table
        .filter(requests::organisation_id.eq(organisation.uuid()))
        .filter(requests::partner_id.is_null())
        .filter(requests::external_id.eq(name))
        .select(requests::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(id.map(RequestId::new))
}
