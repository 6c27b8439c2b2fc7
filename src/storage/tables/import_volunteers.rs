//! Many people and volunteers entered at once, as they are entered one by one.

use std::collections::HashSet;

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use domain::place::Position;

use super::households::array;
use super::users::NewUser;
use super::volunteers::NewVolunteer;
use crate::storage::schema::{users, volunteer_positions, volunteers};
use crate::storage::{StorageError, Unit};

/// How many rows a statement takes: it may hold 65,535 values, and a volunteer has fourteen.
const AT_ONCE: usize = 2_000;

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Text)]
    email: String,
}

/// Those of these addresses by which somebody logs in already, as they were asked for.
///
/// # Errors
/// When the database fails.
pub async fn emails_in_use(unit: &mut Unit<'_>, emails: &[&str]) -> Result<HashSet<String>, StorageError> {
    let taken: Vec<Taken> = diesel::sql_query(
        "SELECT asked.email FROM unnest($1) AS asked (email) \
         WHERE EXISTS (SELECT 1 FROM users u WHERE lower(u.email) = lower(asked.email))",
    )
    .bind::<Array<Text>, _>(emails)
    .load(unit.conn)
    .await?;
    Ok(taken.into_iter().map(|taken| taken.email).collect())
}

/// Enters people and the volunteers that they are.
///
/// # Errors
/// A `users_email_unique` constraint when an address is taken meanwhile.
pub async fn insert(unit: &mut Unit<'_>, new: &[(NewUser, NewVolunteer)]) -> Result<(), StorageError> {
    unit.allow_long_statements().await?;
    for some in new.chunks(AT_ONCE) {
        insert_users(unit, some).await?;
        insert_volunteers(unit, some).await?;
        insert_positions(unit, some).await?;
    }
    Ok(())
}

async fn insert_users(unit: &mut Unit<'_>, new: &[(NewUser, NewVolunteer)]) -> Result<(), StorageError> {
    let now = unit.now;
    let rows: Vec<_> = new
        .iter()
        .map(|(user, _)| {
            (
                users::id.eq(user.id.uuid()),
                users::organisation_id.eq(user.organisation.uuid()),
                users::role.eq(user.role.as_str()),
                users::name.eq(&user.name),
                users::email.eq(&user.email),
                users::password_hash.eq(user.password_hash.as_deref()),
                users::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(users::table).values(rows).execute(unit.conn).await?;
    Ok(())
}

async fn insert_volunteers(unit: &mut Unit<'_>, new: &[(NewUser, NewVolunteer)]) -> Result<(), StorageError> {
    let now = unit.now;
    let rows: Vec<_> = new
        .iter()
        .map(|(_, volunteer)| {
            let abilities = &volunteer.abilities;
            (
                volunteers::id.eq(volunteer.id.uuid()),
                volunteers::organisation_id.eq(volunteer.organisation.uuid()),
                volunteers::area_id.eq(volunteer.area.uuid()),
                volunteers::user_id.eq(volunteer.user.uuid()),
                volunteers::status.eq(volunteer.status.as_str()),
                volunteers::transport.eq(abilities.transport.as_str()),
                volunteers::capacity_g.eq(abilities.capacity_g.cast_signed()),
                volunteers::capacity_ml.eq(abilities.capacity_ml.cast_signed()),
                volunteers::skills.eq(array(&abilities.skills)),
                volunteers::languages.eq(array(&abilities.languages)),
                volunteers::radius_m.eq(abilities.radius_m.cast_signed()),
                volunteers::claim_limit.eq(volunteer.claim_limit.cast_signed()),
                volunteers::created_at.eq(now),
                volunteers::updated_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(volunteers::table).values(rows).execute(unit.conn).await?;
    Ok(())
}

async fn insert_positions(unit: &mut Unit<'_>, new: &[(NewUser, NewVolunteer)]) -> Result<(), StorageError> {
    let now = unit.now;
    let rows: Vec<_> = new
        .iter()
        .map(|(_, volunteer)| {
            let base = volunteer.abilities.base;
            (
                volunteer_positions::volunteer_id.eq(volunteer.id.uuid()),
                volunteer_positions::organisation_id.eq(volunteer.organisation.uuid()),
                volunteer_positions::base_lat.eq(base.map(Position::lat)),
                volunteer_positions::base_lon.eq(base.map(Position::lon)),
                volunteer_positions::written_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(volunteer_positions::table).values(rows).execute(unit.conn).await?;
    Ok(())
}
