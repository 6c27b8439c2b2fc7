//! What volunteers and coordinators correct about a volunteer, and the clock of their campaign.

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::VolunteerId;
use domain::place::Position;
use domain::volunteer::WeeklySlot;
use domain::words::{Skill, Transport};

use super::households::array;
use super::positions;
use super::sandboxes::Offset;
use super::settings::position;
use super::volunteers::VolunteerRow;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{volunteer_positions, volunteers};
use crate::storage::{StorageError, Unit};

/// What is different from now on; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// How they get about.
    pub transport: Option<Transport>,
    /// What they carry, in grams.
    pub capacity_g: Option<u32>,
    /// What they carry, in millilitres.
    pub capacity_ml: Option<u32>,
    /// What they can do.
    pub skills: Option<Vec<Skill>>,
    /// What they speak.
    pub languages: Option<Vec<String>>,
    /// How far they go, in metres.
    pub radius_m: Option<u32>,
    /// How many claims they may hold.
    pub claim_limit: Option<u32>,
    /// No offers until then, or offers again.
    pub rest_until: Option<Option<Moment>>,
    /// Where they usually set out from, or nowhere in particular.
    pub base: Option<Option<Position>>,
    /// Whether partner apps may tell where they are.
    pub agrees_to_trackers: Option<bool>,
}

/// Corrects a volunteer.
///
/// # Errors
/// When the database fails.
pub async fn edit(
    unit: &mut Unit<'_>,
    volunteer: &VolunteerRow,
    edit: &Edit,
) -> Result<VolunteerRow, StorageError> {
    if let Some(base) = edit.base {
        set_base(unit, volunteer.volunteer(), base).await?;
    }
    if let Some(agrees) = edit.agrees_to_trackers {
        let since = agrees.then_some(unit.now);
        positions::set_agreed(unit, volunteer.volunteer(), since).await?;
    }
    let row = diesel::update(volunteers::table.find(volunteer.id))
        .set((
            edit.transport.map(|transport| volunteers::transport.eq(transport.as_str())),
            edit.capacity_g.map(|grams| volunteers::capacity_g.eq(grams.cast_signed())),
            edit.capacity_ml.map(|millilitres| volunteers::capacity_ml.eq(millilitres.cast_signed())),
            edit.skills.as_ref().map(|skills| volunteers::skills.eq(array(skills))),
            edit.languages.as_ref().map(|languages| volunteers::languages.eq(array(languages))),
            edit.radius_m.map(|radius| volunteers::radius_m.eq(radius.cast_signed())),
            edit.claim_limit.map(|limit| volunteers::claim_limit.eq(limit.cast_signed())),
            edit.rest_until.map(|until| volunteers::rest_until.eq(until)),
            volunteers::updated_at.eq(unit.now),
            volunteers::version.eq(volunteers::version + 1),
        ))
        .returning(VolunteerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

async fn set_base(unit: &mut Unit<'_>, id: VolunteerId, base: Option<Position>) -> Result<(), StorageError> {
    diesel::update(volunteer_positions::table.find(id.uuid()))
        .set((
            volunteer_positions::base_lat.eq(base.map(Position::lat)),
            volunteer_positions::base_lon.eq(base.map(Position::lon)),
            volunteer_positions::written_at.eq(unit.now),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Where a volunteer usually sets out from.
///
/// # Errors
/// When the database fails.
pub async fn base_of(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Option<Position>, StorageError> {
    let found: Option<(Option<f64>, Option<f64>)> = volunteer_positions::table
        .find(id.uuid())
        .select((volunteer_positions::base_lat, volunteer_positions::base_lon))
        .first(unit.conn)
        .await
        .optional()?;
    let place = found.and_then(|(lat, lon)| lat.zip(lon));
    place.map(|(lat, lon)| position(lat, lon)).transpose()
}

/// Sets when in the week offers are welcome; no slot means any time.
///
/// # Errors
/// When the database fails.
pub async fn set_availability(
    unit: &mut Unit<'_>,
    volunteer: &VolunteerRow,
    slots: &[WeeklySlot],
) -> Result<VolunteerRow, StorageError> {
    let stored = serde_json::to_value(slots).map_err(|error| StorageError::Impossible(error.to_string()))?;
    let row = diesel::update(volunteers::table.find(volunteer.id))
        .set((
            volunteers::availability.eq(stored),
            volunteers::updated_at.eq(unit.now),
            volunteers::version.eq(volunteers::version + 1),
        ))
        .returning(VolunteerRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// What time it is in the campaign that serves a volunteer's area: duty and positions are told by it.
///
/// # Errors
/// When the database fails.
pub async fn time_of(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Moment, StorageError> {
    let found: Offset = diesel::sql_query(
        "SELECT c.clock_offset_s FROM volunteers v JOIN areas a ON a.id = v.area_id \
         JOIN campaigns c ON c.id = a.campaign_id WHERE v.id = $1",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .prepared()
    .get_result(unit.conn)
    .await?;
    Ok(found.time(unit))
}
