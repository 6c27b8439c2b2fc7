//! Codes by which volunteers register with an organisation in an area, as keyed hashes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{AreaId, OrganisationId};
use uuid::Uuid;

use crate::storage::schema::invitations;
use crate::storage::{StorageError, Unit};

/// Where somebody is invited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The area.
    pub area: AreaId,
}

/// Uses an invitation, once more. `None` when it was used up, ran out, was revoked, or never was.
///
/// # Errors
/// When the database fails.
pub async fn spend(unit: &mut Unit<'_>, code_hash: &[u8]) -> Result<Option<Invited>, StorageError> {
    let spent: Option<(Uuid, Uuid)> = diesel::update(
        invitations::table
            .filter(invitations::code_hash.eq(code_hash))
            .filter(invitations::uses.lt(invitations::max_uses))
            .filter(invitations::expires_at.gt(unit.now))
            .filter(invitations::revoked_at.is_null()),
    )
    .set(invitations::uses.eq(invitations::uses + 1))
    .returning((invitations::organisation_id, invitations::area_id))
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(spent.map(|(organisation, area)| Invited {
        organisation: OrganisationId::new(organisation),
        area: AreaId::new(area),
    }))
}
