//! Households that may be the one that calls. What leaves is which and by what, never their doors.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Binary, Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::door::Phone;
use domain::id::{AreaId, HouseholdId, OrganisationId, PartnerId};
use domain::likeness::{Likeness, is_near, name_orders};
use domain::place::{Cell, Position, Resolution, great_circle};
use uuid::Uuid;

use super::settings::position;
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// Households that are told of one call, at most, for each likeness: more would help nobody decide.
const MOST: i64 = 20;

/// Among whose households is looked: a partner app may know of none but its own.
#[derive(Debug, Clone, Copy)]
pub struct Among {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The partner app, where one asks.
    pub partner: Option<PartnerId>,
    /// The area, of all but telephones: those are looked for everywhere.
    pub area: AreaId,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    household: Uuid,
    #[diesel(sql_type = Double)]
    lat: f64,
    #[diesel(sql_type = Double)]
    lon: f64,
}

/// Who is left out of all of them.
const OF_THE_CALLER: &str = "h.status <> 'archived' AND ($2::uuid IS NULL OR h.partner_id = $2)";

/// Lets one after the other ask about a telephone: of two operators whom one household calls at once, the second
/// finds what the first has filed.
///
/// # Errors
/// When the database fails.
pub async fn queue_up(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    phone: &Phone,
) -> Result<(), StorageError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2, 0))")
        .bind::<Text, _>(organisation.to_string())
        .bind::<Text, _>(phone.disclose())
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Those with this telephone number.
///
/// # Errors
/// When the database fails.
pub async fn by_phone(
    unit: &mut Unit<'_>,
    among: Among,
    phone: &Phone,
) -> Result<Vec<(HouseholdId, Likeness)>, StorageError> {
    let index = unit.keys_of(among.organisation.uuid()).await?.phone_index(phone.disclose());
    let found: Vec<Found> = diesel::sql_query(format!(
        "SELECT d.household_id AS household, d.lat, d.lon FROM household_doors d JOIN households h ON h.id = d.household_id \
         WHERE d.organisation_id = $1 AND d.phone_index = $3 AND {OF_THE_CALLER} ORDER BY d.household_id LIMIT $4"
    ))
    .bind::<SqlUuid, _>(among.organisation.uuid())
    .bind::<Nullable<SqlUuid>, _>(among.partner.map(PartnerId::uuid))
    .bind::<Binary, _>(index)
    .bind::<BigInt, _>(MOST)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(told(found, Likeness::SamePhone))
}

/// Those of this name, in whatever order of its words.
///
/// # Errors
/// When the database fails.
pub async fn by_name(
    unit: &mut Unit<'_>,
    among: Among,
    name: &str,
) -> Result<Vec<(HouseholdId, Likeness)>, StorageError> {
    let keys = unit.keys_of(among.organisation.uuid()).await?;
    let names: Vec<Vec<u8>> = name_orders(name).iter().map(|order| keys.name_index(order)).collect();
    let found: Vec<Found> = diesel::sql_query(format!(
        "SELECT DISTINCT d.household, d.lat, d.lon FROM doors_named($1, $4, \
           array_fill(0::float8, ARRAY[cardinality($4)]), 90) d \
         JOIN households h ON h.id = d.household \
         WHERE d.area_id = $3 AND {OF_THE_CALLER} ORDER BY d.household LIMIT $5"
    ))
    .bind::<SqlUuid, _>(among.organisation.uuid())
    .bind::<Nullable<SqlUuid>, _>(among.partner.map(PartnerId::uuid))
    .bind::<SqlUuid, _>(among.area.uuid())
    .bind::<Array<Binary>, _>(names)
    .bind::<BigInt, _>(MOST)
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(told(found, Likeness::SameName))
}

/// Those who live near this place and wait for something. The index knows cells of some hundred metres; the
/// distance itself is measured here.
///
/// # Errors
/// When the database fails.
pub async fn by_place(
    unit: &mut Unit<'_>,
    among: Among,
    place: Position,
) -> Result<Vec<(HouseholdId, Likeness)>, StorageError> {
    let cells: Vec<i64> = Cell::of(place, Resolution::Nine)
        .with_neighbours()
        .into_iter()
        .map(|cell| cell.bits().cast_signed())
        .collect();
    let mut found: Vec<Found> = diesel::sql_query(format!(
        "SELECT d.household_id AS household, d.lat, d.lon FROM household_doors d JOIN households h ON h.id = d.household_id \
         WHERE d.organisation_id = $1 AND d.area_id = $3 AND d.cells[1] = ANY($4) AND {OF_THE_CALLER} \
           AND EXISTS (SELECT FROM requests q WHERE q.household_id = d.household_id \
                       AND q.status IN ('pending_verification', 'open', 'claimed', 'in_delivery')) \
         ORDER BY d.household_id"
    ))
    .bind::<SqlUuid, _>(among.organisation.uuid())
    .bind::<Nullable<SqlUuid>, _>(among.partner.map(PartnerId::uuid))
    .bind::<SqlUuid, _>(among.area.uuid())
    .bind::<Array<BigInt>, _>(cells)
    .prepared()
    .load(unit.conn)
    .await?;
    let mut near = Vec::new();
    for door in found.drain(..) {
        if is_near(great_circle(place, position(door.lat, door.lon)?)) {
            near.push(door);
        }
    }
    near.truncate(usize::try_from(MOST).unwrap_or_default());
    Ok(told(near, Likeness::NearOpenRequest))
}

fn told(found: Vec<Found>, likeness: Likeness) -> Vec<(HouseholdId, Likeness)> {
    found.into_iter().map(|found| (HouseholdId::new(found.household), likeness)).collect()
}
