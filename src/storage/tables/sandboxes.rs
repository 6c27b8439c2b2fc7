//! Campaigns in which nobody is real, and how far their clocks are ahead.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{CampaignId, OrganisationId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::campaigns;
use crate::storage::{StorageError, Unit};

/// A sandbox as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = campaigns)]
pub struct SandboxRow {
    /// Its campaign.
    pub id: Uuid,
    /// The organisation, which is a sandbox too.
    pub organisation_id: Uuid,
    /// The campaign's name.
    pub name: String,
    /// How far its clock is ahead of the real time.
    pub clock_offset_s: i64,
}

impl SandboxRow {
    /// Its campaign.
    #[must_use]
    pub const fn campaign(&self) -> CampaignId {
        CampaignId::new(self.id)
    }

    /// The organisation.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// What time it is there, if it is `now` in reality.
    #[must_use]
    pub fn time(&self, now: Moment) -> Moment {
        now + chrono::TimeDelta::seconds(self.clock_offset_s)
    }
}

/// A sandbox's campaign. None where people are real.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, campaign: CampaignId) -> Result<Option<SandboxRow>, StorageError> {
    let row = campaigns::table
        .find(campaign.uuid())
        .filter(campaigns::is_sandbox)
        .select(SandboxRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The same, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
) -> Result<Option<SandboxRow>, StorageError> {
    let row = campaigns::table
        .find(campaign.uuid())
        .filter(campaigns::is_sandbox)
        .select(SandboxRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Puts the clock of a sandbox that is locked. Nothing but a sandbox's is ever put, see the table's constraint.
///
/// # Errors
/// When the database fails.
pub async fn put_clock(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    clock_offset_s: i64,
) -> Result<SandboxRow, StorageError> {
    let row = diesel::update(campaigns::table.find(campaign.uuid()).filter(campaigns::is_sandbox))
        .set((campaigns::clock_offset_s.eq(clock_offset_s), campaigns::version.eq(campaigns::version + 1)))
        .returning(SandboxRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// How far a clock is ahead of the real time.
#[derive(QueryableByName)]
pub(super) struct Offset {
    #[diesel(sql_type = BigInt)]
    clock_offset_s: i64,
}

impl Offset {
    /// What time it is by that clock.
    pub(super) fn time(&self, unit: &Unit<'_>) -> Moment {
        unit.now + chrono::TimeDelta::seconds(self.clock_offset_s)
    }
}

/// What time it is for an organisation as a whole: the real time, unless it is a sandbox.
///
/// # Errors
/// When the database fails.
pub async fn time_of(unit: &mut Unit<'_>, organisation: OrganisationId) -> Result<Moment, StorageError> {
    let found: Offset = diesel::sql_query(
        "SELECT coalesce(max(clock_offset_s), 0) AS clock_offset_s FROM campaigns WHERE organisation_id = $1",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .prepared()
    .get_result(unit.conn)
    .await?;
    Ok(found.time(unit))
}
