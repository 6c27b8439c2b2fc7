//! Many requests filed at once, as they are filed one by one, and what they are filed upon.

use std::collections::{HashMap, HashSet};

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{HouseholdId, OrganisationId};

use super::households::HouseholdRow;
use super::new_requests::{NewRequest, line_rows};
use super::notes;
use super::requests::RequestRow;
use crate::storage::schema::{households, request_lines, request_notes, request_phrases, requests};
use crate::storage::{StorageError, Unit};

/// How many rows a statement takes: it may hold 65,535 values, and a request has thirty-four.
const AT_ONCE: usize = 1_000;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    external_id: String,
}

/// Those of these names that the organisation has given to a request of its own already.
///
/// # Errors
/// When the database fails.
pub async fn names_in_use(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    names: &[&str],
) -> Result<HashSet<String>, StorageError> {
    let used: Vec<Name> = diesel::sql_query(
        "SELECT external_id FROM requests \
         WHERE organisation_id = $1 AND partner_id IS NULL AND external_id = ANY($2)",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<Text>, _>(names)
    .load(unit.conn)
    .await?;
    Ok(used.into_iter().map(|name| name.external_id).collect())
}

/// The organisation's households of these ids, and those that it calls by these names itself, kept from changing
/// until the unit of work ends. Locked in the order of their ids, so that two who do this never wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn households_shared(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    ids: &[HouseholdId],
    names: &[&str],
) -> Result<Vec<HouseholdRow>, StorageError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let own_name = households::partner_id.is_null().and(households::external_id.eq_any(names));
    let rows = households::table
        .filter(households::organisation_id.eq(organisation.uuid()))
        .filter(households::id.eq_any(ids).or(own_name))
        .order(households::id)
        .select(HouseholdRow::as_select())
        .for_share()
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// Files requests, each with its lines, its note and its phrase.
///
/// # Errors
/// A constraint, as when one is filed alone.
pub async fn insert(unit: &mut Unit<'_>, new: &[(HouseholdRow, NewRequest)]) -> Result<(), StorageError> {
    unit.allow_long_statements().await?;
    let at = unit.now;
    for some in new.chunks(AT_ONCE) {
        let rows: Vec<RequestRow> =
            some.iter().map(|(household, new)| RequestRow::of(household, new, at)).collect();
        diesel::insert_into(requests::table).values(&rows).execute(unit.conn).await?;
        let filed = || rows.iter().zip(some.iter().map(|(_, new)| new));
        let lines: Vec<_> = filed().flat_map(|(row, new)| line_rows(row, &new.lines)).collect();
        for lines in lines.chunks(AT_ONCE) {
            diesel::insert_into(request_lines::table).values(lines).execute(unit.conn).await?;
        }
        let told = filed().filter_map(|(row, new)| {
            Some((row.organisation_id, row.household_id, row.id, new.note.as_deref()?))
        });
        let sealed = notes::sealed_many(unit, told.collect()).await?;
        let sealed: HashMap<_, _> = sealed.into_iter().collect();
        let notes: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                Some((
                    request_notes::request_id.eq(row.id),
                    request_notes::organisation_id.eq(row.organisation_id),
                    request_notes::area_id.eq(row.area_id),
                    request_notes::sealed.eq(sealed.get(&row.id)?),
                ))
            })
            .collect();
        diesel::insert_into(request_notes::table).values(notes).execute(unit.conn).await?;
        let phrases: Vec<_> = filed()
            .filter_map(|(row, new)| {
                Some((
                    request_phrases::request_id.eq(row.id),
                    request_phrases::organisation_id.eq(row.organisation_id),
                    request_phrases::phrase_mac.eq(new.phrase_mac.as_deref()?),
                ))
            })
            .collect();
        diesel::insert_into(request_phrases::table).values(phrases).execute(unit.conn).await?;
    }
    Ok(())
}
