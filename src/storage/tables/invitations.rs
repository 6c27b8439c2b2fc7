//! Invitations: codes, as keyed hashes, by which volunteers register with an organisation in an area.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, InvitationId, OrganisationId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::invitations;
use crate::storage::{StorageError, Unit};

/// An invitation as its table keeps it, without its code's hash.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct InvitationRow {
    /// Its id.
    pub id: Uuid,
    /// With whom volunteers register.
    pub organisation_id: Uuid,
    /// Where.
    pub area_id: Uuid,
    /// How many may.
    pub max_uses: i32,
    /// How many have.
    pub uses: i32,
    /// Until when.
    pub expires_at: Moment,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

impl InvitationRow {
    /// Its id.
    #[must_use]
    pub const fn invitation(&self) -> InvitationId {
        InvitationId::new(self.id)
    }

    /// With whom volunteers register.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }
}

/// An invitation to be kept.
#[derive(Clone)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// With whom volunteers register.
    pub organisation: OrganisationId,
    /// Where.
    pub area: AreaId,
    /// The keyed hash of its code.
    pub code_hash: Vec<u8>,
    /// How many may.
    pub max_uses: u32,
    /// Until when.
    pub expires_at: Moment,
}

/// Keeps an invitation.
///
/// # Errors
/// An `invitations_area_fk` constraint when that organisation does not work in that area.
pub async fn insert(unit: &mut Unit<'_>, new: &NewInvitation) -> Result<InvitationRow, StorageError> {
    let row = diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(new.id.uuid()),
            invitations::organisation_id.eq(new.organisation.uuid()),
            invitations::area_id.eq(new.area.uuid()),
            invitations::code_hash.eq(&new.code_hash),
            invitations::max_uses.eq(i32::try_from(new.max_uses).unwrap_or(i32::MAX)),
            invitations::expires_at.eq(new.expires_at),
            invitations::created_at.eq(unit.now),
        ))
        .returning(InvitationRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// The invitation with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: InvitationId) -> Result<Option<InvitationRow>, StorageError> {
    let row = invitations::table
        .find(id.uuid())
        .select(InvitationRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Invitations by id, of one organisation or of all, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    organisation: Option<OrganisationId>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<InvitationRow>, StorageError> {
    let mut query = invitations::table
        .filter(invitations::id.gt(after.unwrap_or_default()))
        .order(invitations::id)
        .limit(limit)
        .select(InvitationRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(invitations::organisation_id.eq(organisation.uuid()));
    }
    Ok(query.load(unit.conn).await?)
}

/// Ends an invitation. `None` when it was revoked before.
///
/// # Errors
/// When the database fails.
pub async fn revoke(unit: &mut Unit<'_>, id: InvitationId) -> Result<Option<InvitationRow>, StorageError> {
    let row = diesel::update(invitations::table.find(id.uuid()).filter(invitations::revoked_at.is_null()))
        .set(invitations::revoked_at.eq(unit.now))
        .returning(InvitationRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

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
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(spent.map(|(organisation, area)| Invited {
        organisation: OrganisationId::new(organisation),
        area: AreaId::new(area),
    }))
}
