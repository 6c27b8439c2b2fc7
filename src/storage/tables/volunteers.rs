//! Volunteers, their positions and their blocks.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, HouseholdId, OrganisationId, UserId, VolunteerId};
use domain::place::Position;
use domain::volunteer::VolunteerStatus;
use domain::words::{Skill, Transport};
use uuid::Uuid;

use super::households::array;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{volunteer_blocks, volunteer_positions, volunteers};
use crate::storage::{StorageError, Unit};

/// A volunteer as their table keeps them.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = volunteers)]
pub struct VolunteerRow {
    /// Their id.
    pub id: Uuid,
    /// Who owns them.
    pub organisation_id: Uuid,
    /// Where they serve.
    pub area_id: Uuid,
    /// The person who logs in.
    pub user_id: Uuid,
    /// Where they are in their life here.
    pub status: String,
    /// Why, in a word.
    pub status_reason: Option<String>,
    /// How they get about.
    pub transport: String,
    /// What they carry, in grams.
    pub capacity_g: i32,
    /// What they carry, in millilitres.
    pub capacity_ml: i32,
    /// What they can do.
    pub skills: Vec<Option<String>>,
    /// What they speak.
    pub languages: Vec<Option<String>>,
    /// How far they go, in metres.
    pub radius_m: i32,
    /// How many claims they may hold.
    pub claim_limit: i32,
    /// How many they hold.
    pub active_claims: i32,
    /// On duty until then.
    pub duty_until: Option<Moment>,
    /// No offers until then.
    pub rest_until: Option<Moment>,
    /// When in the week offers are welcome.
    pub availability: serde_json::Value,
    /// When they came.
    pub created_at: Moment,
    /// When they were last changed.
    pub updated_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl VolunteerRow {
    /// Their id.
    #[must_use]
    pub const fn volunteer(&self) -> VolunteerId {
        VolunteerId::new(self.id)
    }

    /// Who owns them.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// Where they serve.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.area_id)
    }

    /// Where they are in their life here.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<VolunteerStatus, StorageError> {
        Ok(self.status.parse()?)
    }
}

/// What a volunteer tells about themselves.
#[derive(Debug, Clone)]
pub struct Abilities {
    /// How they get about.
    pub transport: Transport,
    /// What they carry, in grams.
    pub capacity_g: u32,
    /// What they carry, in millilitres.
    pub capacity_ml: u32,
    /// What they can do.
    pub skills: Vec<Skill>,
    /// What they speak.
    pub languages: Vec<String>,
    /// How far they go, in metres.
    pub radius_m: u32,
    /// Where they usually set out from.
    pub base: Option<Position>,
}

/// A volunteer to be entered.
#[derive(Debug, Clone)]
pub struct NewVolunteer {
    /// Their id.
    pub id: VolunteerId,
    /// The person who logs in.
    pub user: UserId,
    /// Who owns them.
    pub organisation: OrganisationId,
    /// Where they serve.
    pub area: AreaId,
    /// Vetted already, or not.
    pub status: VolunteerStatus,
    /// What they can.
    pub abilities: Abilities,
    /// How many claims they may hold.
    pub claim_limit: u32,
}

/// Enters a volunteer.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, new: &NewVolunteer) -> Result<VolunteerRow, StorageError> {
    let abilities = &new.abilities;
    let row = diesel::insert_into(volunteers::table)
        .values((
            volunteers::id.eq(new.id.uuid()),
            volunteers::organisation_id.eq(new.organisation.uuid()),
            volunteers::area_id.eq(new.area.uuid()),
            volunteers::user_id.eq(new.user.uuid()),
            volunteers::status.eq(new.status.as_str()),
            volunteers::transport.eq(abilities.transport.as_str()),
            volunteers::capacity_g.eq(abilities.capacity_g.cast_signed()),
            volunteers::capacity_ml.eq(abilities.capacity_ml.cast_signed()),
            volunteers::skills.eq(array(&abilities.skills)),
            volunteers::languages.eq(array(&abilities.languages)),
            volunteers::radius_m.eq(abilities.radius_m.cast_signed()),
            volunteers::claim_limit.eq(new.claim_limit.cast_signed()),
            volunteers::created_at.eq(unit.now),
            volunteers::updated_at.eq(unit.now),
        ))
        .returning(VolunteerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    diesel::insert_into(volunteer_positions::table)
        .values((
            volunteer_positions::volunteer_id.eq(row.id),
            volunteer_positions::organisation_id.eq(row.organisation_id),
            volunteer_positions::base_lat.eq(abilities.base.map(Position::lat)),
            volunteer_positions::base_lon.eq(abilities.base.map(Position::lon)),
            volunteer_positions::written_at.eq(unit.now),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(row)
}

/// The volunteer with that id, whoever owns them.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Option<VolunteerRow>, StorageError> {
    let row = volunteers::table
        .find(id.uuid())
        .select(VolunteerRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The same, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Option<VolunteerRow>, StorageError> {
    let row = volunteers::table
        .find(id.uuid())
        .select(VolunteerRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Moves a volunteer from the status they were read with to another. False when that has changed meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    unit: &mut Unit<'_>,
    volunteer: &VolunteerRow,
    to: VolunteerStatus,
    reason: Option<&str>,
) -> Result<bool, StorageError> {
    let changed =
        diesel::update(volunteers::table.find(volunteer.id).filter(volunteers::status.eq(&volunteer.status)))
            .set((
                volunteers::status.eq(to.as_str()),
                volunteers::status_reason.eq(reason),
                volunteers::updated_at.eq(unit.now),
                volunteers::version.eq(volunteers::version + 1),
            ))
            .prepared()
            .execute(unit.conn)
            .await?;
    Ok(changed == 1)
}

/// On duty until then, or off duty.
///
/// # Errors
/// When the database fails.
pub async fn set_duty(
    unit: &mut Unit<'_>,
    id: VolunteerId,
    until: Option<Moment>,
) -> Result<(), StorageError> {
    diesel::update(volunteers::table.find(id.uuid()))
        .set((
            volunteers::duty_until.eq(until),
            volunteers::updated_at.eq(unit.now),
            volunteers::version.eq(volunteers::version + 1),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Sees to it that a volunteer and a household never meet again, which changes the volunteer. False when that was so
/// already.
///
/// # Errors
/// When the database fails.
pub async fn block(
    unit: &mut Unit<'_>,
    volunteer: &VolunteerRow,
    household: (OrganisationId, HouseholdId),
    reason: &str,
) -> Result<bool, StorageError> {
    let kept = diesel::insert_into(volunteer_blocks::table)
        .values((
            volunteer_blocks::volunteer_organisation_id.eq(volunteer.organisation_id),
            volunteer_blocks::volunteer_id.eq(volunteer.id),
            volunteer_blocks::organisation_id.eq(household.0.uuid()),
            volunteer_blocks::household_id.eq(household.1.uuid()),
            volunteer_blocks::reason.eq(reason),
            volunteer_blocks::created_at.eq(unit.now),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(unit.conn)
        .await?;
    if kept == 1 {
        diesel::update(volunteers::table.find(volunteer.id))
            .set((volunteers::updated_at.eq(unit.now), volunteers::version.eq(volunteers::version + 1)))
            .prepared()
            .execute(unit.conn)
            .await?;
    }
    Ok(kept == 1)
}

/// Whether a volunteer and the household of a request are never to meet again.
///
/// # Errors
/// When the database fails.
pub async fn is_blocked(
    unit: &mut Unit<'_>,
    volunteer: VolunteerId,
    household: Uuid,
) -> Result<bool, StorageError> {
    let kept_apart = volunteer_blocks::table
        .filter(volunteer_blocks::volunteer_id.eq(volunteer.uuid()))
        .filter(volunteer_blocks::household_id.eq(household));
    Ok(diesel::select(diesel::dsl::exists(kept_apart)).get_result(unit.conn).await?)
}
