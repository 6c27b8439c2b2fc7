//! Where volunteers were last: told by many at once, read by the processes that did not hear it.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, Double, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{OrganisationId, VolunteerId};
use domain::matching::Sighting;
use domain::place::Position;
use uuid::Uuid;

use super::settings::position;
use crate::storage::prepared::Prepare;
use crate::storage::schema::volunteer_positions;
use crate::storage::{StorageError, Unit};

/// A place to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// Whose.
    pub volunteer: VolunteerId,
    /// Where, and when.
    pub sighting: Sighting,
    /// How exact, in metres.
    pub accuracy_m: Option<f64>,
}

/// Every volunteer has had their row since they were entered; whoever has none any more is passed over. A place
/// that was told later, to another process, stays.
const KEEP: &str = "
UPDATE volunteer_positions p
   SET last_lat = told.lat, last_lon = told.lon, last_accuracy_m = told.accuracy_m, last_at = told.at, written_at = $6
  FROM unnest($1, $2, $3, $4, $5) AS told (volunteer_id, lat, lon, accuracy_m, at)
 WHERE p.volunteer_id = told.volunteer_id AND (p.last_at IS NULL OR p.last_at < told.at)";

/// Keeps these, one a volunteer, by one statement. Answers how many were news.
///
/// # Errors
/// When the database fails.
pub async fn keep(unit: &mut Unit<'_>, told: &[Told]) -> Result<usize, StorageError> {
    let volunteers: Vec<Uuid> = told.iter().map(|told| told.volunteer.uuid()).collect();
    let place = |coordinate: fn(Position) -> f64| -> Vec<f64> {
        told.iter().map(|told| coordinate(told.sighting.position)).collect()
    };
    let accuracies: Vec<Option<f64>> = told.iter().map(|told| told.accuracy_m).collect();
    let times: Vec<Moment> = told.iter().map(|told| told.sighting.seen_at).collect();
    Ok(diesel::sql_query(KEEP)
        .bind::<Array<SqlUuid>, _>(volunteers)
        .bind::<Array<Double>, _>(place(Position::lat))
        .bind::<Array<Double>, _>(place(Position::lon))
        .bind::<Array<Nullable<Double>>, _>(accuracies)
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Timestamptz, _>(unit.now)
        .prepared()
        .execute(unit.conn)
        .await?)
}

#[derive(QueryableByName)]
struct SeenRow {
    #[diesel(sql_type = SqlUuid)]
    volunteer_id: Uuid,
    #[diesel(sql_type = Double)]
    last_lat: f64,
    #[diesel(sql_type = Double)]
    last_lon: f64,
    #[diesel(sql_type = Timestamptz)]
    last_at: Moment,
}

/// Where volunteers were whose place was written since.
///
/// # Errors
/// When the database fails.
pub async fn seen_since(
    unit: &mut Unit<'_>,
    since: Moment,
) -> Result<Vec<(VolunteerId, Sighting)>, StorageError> {
    let rows: Vec<SeenRow> = diesel::sql_query(
        "SELECT volunteer_id, last_lat, last_lon, last_at FROM volunteer_positions \
         WHERE written_at >= $1 AND last_lat IS NOT NULL AND last_lon IS NOT NULL AND last_at IS NOT NULL",
    )
    .bind::<Timestamptz, _>(since)
    .prepared()
    .load(unit.conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sighting = Sighting { position: position(row.last_lat, row.last_lon)?, seen_at: row.last_at };
            Ok((VolunteerId::new(row.volunteer_id), sighting))
        })
        .collect()
}

#[derive(QueryableByName)]
struct AgreedRow {
    #[diesel(sql_type = SqlUuid)]
    volunteer_id: Uuid,
}

/// Which of these are volunteers of that organisation who agree that its partner apps tell where they are.
///
/// # Errors
/// When the database fails.
pub async fn agreed(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    volunteers: &[Uuid],
) -> Result<Vec<VolunteerId>, StorageError> {
    let rows: Vec<AgreedRow> = diesel::sql_query(
        "SELECT volunteer_id FROM volunteer_positions \
         WHERE volunteer_id = ANY($1) AND organisation_id = $2 AND trackers_agreed_at IS NOT NULL",
    )
    .bind::<Array<SqlUuid>, _>(volunteers)
    .bind::<SqlUuid, _>(organisation.uuid())
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(rows.into_iter().map(|row| VolunteerId::new(row.volunteer_id)).collect())
}

/// Since when a volunteer agrees to that. None when they do not.
///
/// # Errors
/// When the database fails.
pub async fn agreed_at(unit: &mut Unit<'_>, id: VolunteerId) -> Result<Option<Moment>, StorageError> {
    let found: Option<Option<Moment>> = volunteer_positions::table
        .find(id.uuid())
        .select(volunteer_positions::trackers_agreed_at)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.flatten())
}

/// A volunteer agrees to that from then on, or not any more.
///
/// # Errors
/// When the database fails.
pub async fn set_agreed(
    unit: &mut Unit<'_>,
    id: VolunteerId,
    since: Option<Moment>,
) -> Result<(), StorageError> {
    diesel::update(volunteer_positions::table.find(id.uuid()))
        .set(volunteer_positions::trackers_agreed_at.eq(since))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
