//! Households that are registered already, found for many rows at once. What leaves is which row has a twin
//! and its id, never the twin's door.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Double, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::door::Phone;
use domain::id::{HouseholdId, OrganisationId};
use domain::place::{Metres, Position, great_circle};
use domain::sheet::{NAME_DISTANCE_M, Twin};
use uuid::Uuid;

use super::settings::position;
use crate::storage::{StorageError, Unit};

/// By what a household may be known already.
#[derive(Clone)]
pub struct Known {
    /// The organisation's own name for it.
    pub external_id: Option<String>,
    /// Its telephone.
    pub phone: Option<Phone>,
    /// What the spellings of its name have in common.
    pub name_key: String,
    /// Where it lives.
    pub position: Position,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    place: i32,
    #[diesel(sql_type = SqlUuid)]
    household: Uuid,
    #[diesel(sql_type = Nullable<Double>)]
    lat: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    lon: Option<f64>,
}

/// The twin of each that has one: its place among those asked for, by what, and which household.
///
/// # Errors
/// When the database fails.
pub async fn find(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    asked: &[Known],
) -> Result<Vec<(usize, Twin, HouseholdId)>, StorageError> {
    unit.allow_long_statements().await?;
    let mut twins = by_external_id(unit, organisation, asked).await?;
    twins.extend(by_phone(unit, organisation, asked).await?);
    twins.extend(by_name(unit, organisation, asked).await?);
    // The first reason found is told: the sort is stable.
    twins.sort_by_key(|(place, _, _)| *place);
    twins.dedup_by_key(|(place, _, _)| *place);
    Ok(twins)
}

async fn by_external_id(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    asked: &[Known],
) -> Result<Vec<(usize, Twin, HouseholdId)>, StorageError> {
    let ids: Vec<Option<&str>> = asked.iter().map(|known| known.external_id.as_deref()).collect();
    if ids.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let found: Vec<Found> = diesel::sql_query(
        "SELECT a.place::int AS place, h.id AS household, NULL::float8 AS lat, NULL::float8 AS lon \
         FROM unnest($2) WITH ORDINALITY a (id, place) CROSS JOIN LATERAL ( \
           SELECT h.id FROM households h WHERE h.organisation_id = $1 AND h.partner_id IS NULL \
             AND h.external_id = a.id LIMIT 1) h",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<Nullable<Text>>, _>(ids)
    .load(unit.conn)
    .await?;
    Ok(found.into_iter().filter_map(|found| told(&found, Twin::ExternalId)).collect())
}

async fn by_phone(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    asked: &[Known],
) -> Result<Vec<(usize, Twin, HouseholdId)>, StorageError> {
    let keys = unit.keys_of(organisation.uuid()).await?;
    let index = |phone: &Phone| keys.phone_index(phone.disclose());
    let phones: Vec<Option<Vec<u8>>> = asked.iter().map(|known| known.phone.as_ref().map(index)).collect();
    let found: Vec<Found> = diesel::sql_query(
        "SELECT a.place::int AS place, d.household_id AS household, NULL::float8 AS lat, NULL::float8 AS lon \
         FROM unnest($2) WITH ORDINALITY a (phone, place) CROSS JOIN LATERAL ( \
           SELECT d.household_id FROM household_doors d JOIN households h ON h.id = d.household_id \
           WHERE d.organisation_id = $1 AND d.phone_index = a.phone AND h.status <> 'archived' LIMIT 1) d",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<Nullable<Binary>>, _>(phones)
    .load(unit.conn)
    .await?;
    Ok(found.into_iter().filter_map(|found| told(&found, Twin::Phone)).collect())
}

/// The index knows names and latitudes; the distance itself is measured here.
async fn by_name(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    asked: &[Known],
) -> Result<Vec<(usize, Twin, HouseholdId)>, StorageError> {
    let keys = unit.keys_of(organisation.uuid()).await?;
    let names: Vec<Vec<u8>> = asked.iter().map(|known| keys.name_index(&known.name_key)).collect();
    let lats: Vec<f64> = asked.iter().map(|known| known.position.lat()).collect();
    let found: Vec<Found> = diesel::sql_query(
        // 0.0005 degrees of latitude are 55 metres.
        "SELECT d.place, d.household, d.lat, d.lon FROM doors_named($1, $2, $3, 0.0005) d \
         JOIN households h ON h.id = d.household WHERE h.status <> 'archived'",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<Binary>, _>(names)
    .bind::<Array<Double>, _>(lats)
    .load(unit.conn)
    .await?;
    let mut twins = Vec::new();
    for found in &found {
        let (Some(lat), Some(lon)) = (found.lat, found.lon) else { continue };
        let there = position(lat, lon)?;
        let near = |known: &Known| great_circle(known.position, there) <= Metres::new(NAME_DISTANCE_M);
        twins.extend(told(found, Twin::Address).filter(|(place, _, _)| asked.get(*place).is_some_and(near)));
    }
    Ok(twins)
}

fn told(found: &Found, twin: Twin) -> Option<(usize, Twin, HouseholdId)> {
    let place = usize::try_from(found.place).ok()?.checked_sub(1)?;
    Some((place, twin, HouseholdId::new(found.household)))
}
