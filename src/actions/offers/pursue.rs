//! Looks for somebody who takes a request: asks the next volunteers, waits, or calls a coordinator.
//!
//! Locks are taken in this order: the pursuit, those who are asked, the request, its offers. Whoever claims takes the
//! last two only, so a claim and a wave meet at the request: one of them sees what the other did.

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::{Decision, OfferStatus, Pursuit, Record, Snapshot, Wave};
use domain::id::{PolicyId, RequestId, SnapshotId};
use domain::life::{Act, Standing, consequence_of};

use super::look::Look;
use super::told;
use crate::actions::act_on_request::carry_out;
use crate::actions::{Action, Refusal};
use crate::clock;
use crate::fleet::LiveFleet;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::offers::{self, Known, OfferRow};
use crate::storage::tables::pursuits::{self, Next, PursuitRow, PursuitStatus};
use crate::storage::tables::situations::{self, Situation};
use crate::storage::tables::{candidates, dispatch_memory as memory, requests, settings};
use crate::storage::{StorageError, Unit};

/// When it is tried again to ask somebody after too many turned out otherwise than memory showed them.
const AGAIN_S: i64 = 15;

/// Look for somebody, if it is time to; answers whether anything was done.
#[derive(Clone)]
pub struct PursueRequest {
    /// For which request.
    pub request: RequestId,
    /// Who may be asked, as far as this process knows.
    pub fleet: LiveFleet,
}

impl Action for PursueRequest {
    type Done = bool;

    async fn run(self, unit: &mut Unit<'_>) -> Result<bool, Refusal> {
        let Some(row) = pursuits::begin(unit, self.request).await? else { return Ok(false) };
        let Some(ground) = ground(unit, &self, &row).await? else { return Ok(false) };
        let look = Look {
            fleet: &self.fleet,
            request: &ground.matchable.request,
            pursuit: &ground.pursuit,
            policy: &ground.setting.policy.dispatch,
            at: ground.matchable.local_time()?.at(unit.now),
            transaction: unit.now,
        };
        let acceptance = memory::estimates(unit, ground.setting.campaign).await?;
        let snapshot = look.decide(unit, &acceptance).await?;
        let Some(situation) = situations::lock(unit, self.request).await? else { return Ok(false) };
        if situation.standing != Standing::Open {
            return Ok(false);
        }
        if situation.policy_version != ground.setting.policy_version {
            return Err(StorageError::Repeat.into());
        }
        expire(unit, &situation).await?;
        let before = &ground.pursuit;
        match snapshot {
            Some(snapshot) => act(unit, &situation, before, snapshot).await,
            None => {
                let due = situation.now + TimeDelta::seconds(AGAIN_S);
                go_on(unit, &situation, before, due, None).await?;
                Ok(true)
            }
        }
    }
}

/// What it is decided by, besides who may be asked.
struct Ground {
    matchable: candidates::Matchable,
    setting: settings::Setting,
    pursuit: Pursuit,
}

/// None where it is not time to look, or another way of asking is in force.
async fn ground(
    unit: &mut Unit<'_>,
    wanted: &PursueRequest,
    row: &PursuitRow,
) -> Result<Option<Ground>, Refusal> {
    use domain::dispatch::Mode;
    let found = candidates::requests(unit, &[wanted.request.uuid()]).await?.pop();
    let Some(matchable) = found.filter(|found| found.is_open) else { return Ok(None) };
    let request = &matchable.request;
    let setting = settings::find(unit, request.organisation, request.area).await?;
    let asks = |mode| match mode {
        Mode::Waves | Mode::Exclusive => true,
        Mode::Manual | Mode::SelfClaim | Mode::AutoPlan => false,
    };
    let Some(setting) = setting.filter(|setting| asks(setting.policy.dispatch.mode)) else { return Ok(None) };
    let fence = requests::find(unit, wanted.request).await?.map(|row| row.fence);
    let is_due = row.next_due <= setting.now || fence != Some(row.fence);
    if row.status != PursuitStatus::Pursued.as_str() || !is_due {
        return Ok(None);
    }
    let seen = offers::of_request(unit, wanted.request).await?;
    let pursuit = Pursuit {
        offers: seen.iter().map(OfferRow::seen).collect::<Result<_, _>>()?,
        waves: row.waves.unsigned_abs(),
        last_wave_at: row.last_wave_at,
    };
    Ok(Some(Ground { matchable, setting, pursuit }))
}

async fn act(
    unit: &mut Unit<'_>,
    situation: &Situation,
    before: &Pursuit,
    snapshot: Snapshot,
) -> Result<bool, Refusal> {
    let policy = memory::policy_id(unit, situation.campaign, situation.policy_version).await?;
    let policy = (PolicyId::new(policy), &situation.policy.dispatch);
    let record = Record::of(situation.request, policy, SnapshotId::new(clock::new_id()), snapshot);
    memory::keep(unit, situation, &record).await?;
    match &record.decision {
        Decision::Ask(wave) => {
            send(unit, situation, &record, wave).await?;
            let next = Next {
                status: PursuitStatus::Pursued,
                waves: wave.number,
                last_wave_at: Some(situation.now),
                due: wave.next_at,
                waits_for: Some(domain::dispatch::Waiting::ForAnswers.as_str()),
            };
            pursuits::go_on(unit, situation, &next).await?;
        }
        Decision::Wait { until, why } => {
            // A moment that is not ahead would have it looked at without end.
            let due = (*until).max(situation.now + TimeDelta::seconds(1));
            go_on(unit, situation, before, due, Some(why.as_str())).await?;
        }
        Decision::Escalate { why } => {
            escalate(unit, situation).await?;
            let next = Next {
                status: PursuitStatus::Escalated,
                waves: before.waves,
                last_wave_at: before.last_wave_at,
                due: situation.now,
                waits_for: Some(why.as_str()),
            };
            pursuits::go_on(unit, situation, &next).await?;
        }
    }
    Ok(true)
}

async fn go_on(
    unit: &mut Unit<'_>,
    situation: &Situation,
    before: &Pursuit,
    due: Moment,
    waits_for: Option<&'static str>,
) -> Result<(), Refusal> {
    let Pursuit { waves, last_wave_at, .. } = *before;
    let next = Next { status: PursuitStatus::Pursued, waves, last_wave_at, due, waits_for };
    Ok(pursuits::go_on(unit, situation, &next).await?)
}

/// Those whose time to answer is over are asked no more.
async fn expire(unit: &mut Unit<'_>, situation: &Situation) -> Result<(), Refusal> {
    let (from, to) = (OfferStatus::Sent.as_str(), OfferStatus::Expired.as_str());
    let expired = offers::expire(unit, situation.request, situation.now).await?;
    let events: Vec<Event> = expired
        .iter()
        .map(|row| told("offer.expired", row, Change::moved("offer", row.offer(), from, to)))
        .collect();
    Ok(events::append(unit, &events).await?)
}

async fn send(
    unit: &mut Unit<'_>,
    situation: &Situation,
    record: &Record,
    wave: &Wave,
) -> Result<(), Refusal> {
    let asked: Vec<uuid::Uuid> = wave.asked.iter().map(|asked| asked.volunteer.uuid()).collect();
    let owners = memory::owners(unit, &asked).await?;
    let mut rows = Vec::with_capacity(wave.asked.len());
    for asked in &wave.asked {
        let owner = owners.get(&asked.volunteer.uuid()).copied().ok_or(StorageError::Repeat)?;
        let known = Known { facts: asked.facts, parts: asked.parts };
        rows.push(OfferRow {
            id: clock::new_id(),
            organisation_id: situation.organisation.uuid(),
            area_id: situation.area.uuid(),
            request_id: situation.request.uuid(),
            volunteer_organisation_id: owner,
            volunteer_id: asked.volunteer.uuid(),
            decision_id: record.snapshot_id.uuid(),
            wave: i32::try_from(wave.number).unwrap_or(i32::MAX),
            status: OfferStatus::Sent.as_str().to_owned(),
            reason: None,
            known: serde_json::to_value(known)
                .map_err(|error| StorageError::Impossible(error.to_string()))?,
            policy_version: situation.policy_version,
            sent_at: situation.now,
            expires_at: wave.expires_at,
            ended_at: None,
            is_learnt: false,
            version: 1,
        });
    }
    offers::insert(unit, &rows).await?;
    let sent = |row: &OfferRow| {
        told("offer.sent", row, Change::made("offer", row.offer(), OfferStatus::Sent.as_str()))
    };
    let events: Vec<Event> = rows.iter().map(sent).collect();
    Ok(events::append(unit, &events).await?)
}

/// A coordinator is called, once.
async fn escalate(unit: &mut Unit<'_>, situation: &Situation) -> Result<(), Refusal> {
    if situation.escalated_at.is_some() {
        return Ok(());
    }
    let (failures, most) = (situation.failures, situation.policy.max_failures);
    match consequence_of(situation.standing, Act::Escalate, failures, most) {
        Some(consequence) => carry_out(unit, situation, Act::Escalate, &consequence, None).await,
        None => Ok(()),
    }
}
