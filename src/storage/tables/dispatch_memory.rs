//! What dispatch remembers: each volunteer's tally, each campaign's estimates, and every decision with all that it was
//! made from.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::dispatch::acceptance::{Acceptance, Tally};
use domain::dispatch::{Decision, Ledger, Record};
use domain::id::{CampaignId, VolunteerId};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::offers;
use super::situations::Situation;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{
    acceptance_estimates, campaigns, claims, dispatch_decisions, policies, volunteer_tallies, volunteers,
};
use crate::storage::{StorageError, Unit};

/// Nothing older counts for any budget or fairness; a day more than that, for clocks that differ.
const OFFERS_COUNT: TimeDelta = TimeDelta::days(8);
const TASKS_COUNT: TimeDelta = TimeDelta::days(29);

fn read<T: DeserializeOwned>(stored: serde_json::Value) -> Result<T, StorageError> {
    serde_json::from_value(stored).map_err(|error| StorageError::Impossible(error.to_string()))
}

fn written(value: &impl serde::Serialize) -> Result<serde_json::Value, StorageError> {
    serde_json::to_value(value).map_err(|error| StorageError::Impossible(error.to_string()))
}

/// What is remembered of these volunteers: what became of their offers, when the last ones were, and their tasks.
///
/// # Errors
/// When the database fails.
pub async fn ledgers(
    unit: &mut Unit<'_>,
    ids: &[Uuid],
    now: Moment,
) -> Result<HashMap<VolunteerId, Ledger>, StorageError> {
    let since: Vec<(Uuid, Moment)> = volunteers::table
        .filter(volunteers::id.eq_any(ids))
        .select((volunteers::id, volunteers::created_at))
        .load(unit.conn)
        .await?;
    let mut ledgers: HashMap<Uuid, Ledger> =
        since.into_iter().map(|(id, since)| (id, Ledger::since(since))).collect();
    for (id, tally) in tallies(unit, ids).await? {
        if let Some(ledger) = ledgers.get_mut(&id) {
            ledger.own = tally;
        }
    }
    for (id, at) in offers::sent_since(unit, ids, now - OFFERS_COUNT).await? {
        if let Some(ledger) = ledgers.get_mut(&id) {
            ledger.asked(at);
        }
    }
    let tasks: Vec<(Uuid, Moment)> = claims::table
        .filter(claims::volunteer_id.eq_any(ids))
        .filter(claims::claimed_at.gt(now - TASKS_COUNT))
        .select((claims::volunteer_id, claims::claimed_at))
        .load(unit.conn)
        .await?;
    for (id, at) in tasks {
        if let Some(ledger) = ledgers.get_mut(&id) {
            ledger.took(at);
        }
    }
    Ok(ledgers.into_iter().map(|(id, ledger)| (VolunteerId::new(id), ledger)).collect())
}

async fn tallies(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, Tally)>, StorageError> {
    let rows: Vec<(Uuid, serde_json::Value)> = volunteer_tallies::table
        .filter(volunteer_tallies::volunteer_id.eq_any(ids))
        .select((volunteer_tallies::volunteer_id, volunteer_tallies::tally))
        .load(unit.conn)
        .await?;
    rows.into_iter().map(|(id, stored)| Ok((id, read(stored)?))).collect()
}

/// Keeps others from asking these volunteers until the unit of work ends, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<(), StorageError> {
    let mut owners: Vec<(Uuid, Uuid)> = volunteers::table
        .filter(volunteers::id.eq_any(ids))
        .order(volunteers::id)
        .select((volunteers::id, volunteers::organisation_id))
        .load(unit.conn)
        .await?;
    owners.sort_unstable();
    let nothing = written(&Tally::default())?;
    let rows: Vec<_> = owners
        .iter()
        .map(|(id, organisation)| {
            (
                volunteer_tallies::volunteer_id.eq(*id),
                volunteer_tallies::organisation_id.eq(*organisation),
                volunteer_tallies::tally.eq(nothing.clone()),
            )
        })
        .collect();
    diesel::insert_into(volunteer_tallies::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(unit.conn)
        .await?;
    let _: Vec<Uuid> = volunteer_tallies::table
        .filter(volunteer_tallies::volunteer_id.eq_any(ids))
        .order(volunteer_tallies::volunteer_id)
        .select(volunteer_tallies::volunteer_id)
        .for_update()
        .load(unit.conn)
        .await?;
    Ok(())
}

/// The tally of a locked volunteer.
///
/// # Errors
/// When the database fails.
pub async fn tally(unit: &mut Unit<'_>, volunteer: Uuid) -> Result<Tally, StorageError> {
    Ok(tallies(unit, &[volunteer]).await?.pop().map(|(_, tally)| tally).unwrap_or_default())
}

/// What a locked volunteer's tally is now.
///
/// # Errors
/// When the database fails.
pub async fn set_tally(unit: &mut Unit<'_>, volunteer: Uuid, tally: Tally) -> Result<(), StorageError> {
    diesel::update(volunteer_tallies::table.find(volunteer))
        .set(volunteer_tallies::tally.eq(written(&tally)?))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// What a campaign has learnt; the priors where that is nothing yet.
///
/// # Errors
/// When the database fails.
pub async fn estimates(unit: &mut Unit<'_>, campaign: CampaignId) -> Result<Acceptance, StorageError> {
    let stored: Option<serde_json::Value> = acceptance_estimates::table
        .find(campaign.uuid())
        .select(acceptance_estimates::estimates)
        .first(unit.conn)
        .await
        .optional()?;
    stored.map_or_else(|| Ok(Acceptance::default()), read)
}

/// The same, kept from others who would learn until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn estimates_locked(unit: &mut Unit<'_>, campaign: CampaignId) -> Result<Acceptance, StorageError> {
    let owner: Uuid =
        campaigns::table.find(campaign.uuid()).select(campaigns::organisation_id).first(unit.conn).await?;
    diesel::insert_into(acceptance_estimates::table)
        .values((
            acceptance_estimates::campaign_id.eq(campaign.uuid()),
            acceptance_estimates::organisation_id.eq(owner),
            acceptance_estimates::estimates.eq(written(&Acceptance::default())?),
            acceptance_estimates::updated_at.eq(unit.now),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(unit.conn)
        .await?;
    let stored: serde_json::Value = acceptance_estimates::table
        .find(campaign.uuid())
        .select(acceptance_estimates::estimates)
        .for_update()
        .first(unit.conn)
        .await?;
    read(stored)
}

/// What a campaign has learnt now.
///
/// # Errors
/// When the database fails.
pub async fn set_estimates(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    estimates: &Acceptance,
) -> Result<(), StorageError> {
    diesel::update(acceptance_estimates::table.find(campaign.uuid()))
        .set((
            acceptance_estimates::estimates.eq(written(estimates)?),
            acceptance_estimates::updated_at.eq(unit.now),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// In which campaign each of these decisions was made.
///
/// # Errors
/// When the database fails.
pub async fn campaigns_of(
    unit: &mut Unit<'_>,
    decisions: &[Uuid],
) -> Result<HashMap<Uuid, CampaignId>, StorageError> {
    let rows: Vec<(Uuid, Uuid)> = dispatch_decisions::table
        .filter(dispatch_decisions::id.eq_any(decisions))
        .select((dispatch_decisions::id, dispatch_decisions::campaign_id))
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().map(|(decision, campaign)| (decision, CampaignId::new(campaign))).collect())
}

/// Whose each of these volunteers is.
///
/// # Errors
/// When the database fails.
pub async fn owners(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, StorageError> {
    let rows: Vec<(Uuid, Uuid)> = volunteers::table
        .filter(volunteers::id.eq_any(ids))
        .select((volunteers::id, volunteers::organisation_id))
        .load(unit.conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The id of a version of a campaign's policy.
///
/// # Errors
/// When the database fails.
pub async fn policy_id(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    version: i32,
) -> Result<Uuid, StorageError> {
    Ok(policies::table
        .filter(policies::campaign_id.eq(campaign.uuid()))
        .filter(policies::version.eq(version))
        .select(policies::id)
        .first(unit.conn)
        .await?)
}

/// Keeps a decision that did something. Answers the id under which it is kept.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    unit: &mut Unit<'_>,
    situation: &Situation,
    record: &Record,
) -> Result<Option<Uuid>, StorageError> {
    let (outcome, wave) = match &record.decision {
        Decision::Ask(wave) => ("ask", wave.number),
        Decision::Escalate { .. } => ("escalate", record.snapshot.waves),
        Decision::Wait { .. } => return Ok(None),
    };
    let id = record.snapshot_id.uuid();
    diesel::insert_into(dispatch_decisions::table)
        .values((
            dispatch_decisions::id.eq(id),
            dispatch_decisions::organisation_id.eq(situation.organisation.uuid()),
            dispatch_decisions::area_id.eq(situation.area.uuid()),
            dispatch_decisions::campaign_id.eq(situation.campaign.uuid()),
            dispatch_decisions::request_id.eq(situation.request.uuid()),
            dispatch_decisions::outcome.eq(outcome),
            dispatch_decisions::wave.eq(i32::try_from(wave).unwrap_or(i32::MAX)),
            dispatch_decisions::policy_version.eq(situation.policy_version),
            dispatch_decisions::record.eq(written(record)?),
            dispatch_decisions::decided_at.eq(situation.now),
            dispatch_decisions::made_at.eq(unit.now),
        ))
        .execute(unit.conn)
        .await?;
    Ok(Some(id))
}

/// The decisions about a request, the oldest first, as far as the caller may see them.
///
/// # Errors
/// When the database fails.
pub async fn decisions_of(unit: &mut Unit<'_>, request: Uuid) -> Result<Vec<(Uuid, Record)>, StorageError> {
    let rows: Vec<(Uuid, serde_json::Value)> = dispatch_decisions::table
        .filter(dispatch_decisions::request_id.eq(request))
        .order(dispatch_decisions::id)
        .select((dispatch_decisions::id, dispatch_decisions::record))
        .load(unit.conn)
        .await?;
    rows.into_iter().map(|(id, stored)| Ok((id, read(stored)?))).collect()
}
