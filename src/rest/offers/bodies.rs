//! What is told of offers, and what is answered to them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::dispatch::{Decision, DeclineReason, OfferStatus};
use domain::id::{OfferId, RequestId, SnapshotId, VolunteerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::rest::nearby::TakeableBody;
use crate::storage::views::offers::{Dispatch, Known, OfferRow, OwnOffer};

/// Ways are told in whole minutes: an exact one would tell where somebody lives.
const STEP_S: u32 = 60;

/// An offer that you can answer.
#[derive(Serialize, ToSchema)]
pub struct OwnOfferBody {
    /// Its id, by which it is accepted or declined.
    pub id: OfferId,
    /// When it was made, by the campaign's clock.
    pub sent_at: DateTime<Utc>,
    /// Until when it can be answered, unless somebody is sooner.
    pub expires_at: DateTime<Utc>,
    /// About how long your way is, in minutes; absent where nobody has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    pub travel_minutes: Option<u32>,
    /// What is asked for, without its door.
    pub request: TakeableBody,
}

/// An offer that you have answered.
#[derive(Serialize, ToSchema)]
pub struct AnsweredOfferBody {
    /// Its id.
    pub id: OfferId,
    /// What was offered.
    pub request_id: RequestId,
    /// What became of it.
    #[schema(value_type = OfferStatus)]
    pub status: String,
    /// Why you declined it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DeclineReason>)]
    pub reason: Option<String>,
    /// When it was made, by the campaign's clock.
    pub sent_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// Grows with each change.
    pub version: i32,
}

/// That an offer is declined.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineOfferBody {
    /// Why. No reason counts against anybody: `not_now` spares you for some hours, `unwell` for some days.
    pub reason: DeclineReason,
}

/// How the service looks for somebody who takes a request.
#[derive(Serialize, ToSchema)]
pub struct DispatchBody {
    /// The request.
    pub request_id: RequestId,
    /// Where that stands: `pursued`, `escalated`, or `not_pursued` where nobody is asked by the service.
    #[schema(example = "pursued")]
    pub status: String,
    /// What is waited for, or why a coordinator was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "for_answers")]
    pub waits_for: Option<String>,
    /// When the service looks again, by the campaign's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_due: Option<DateTime<Utc>>,
    /// The waves, the first one first; what called a coordinator comes last.
    pub decisions: Vec<DecisionBody>,
}

/// A decision that did something.
#[derive(Serialize, ToSchema)]
pub struct DecisionBody {
    /// The state of the world that it was made from.
    pub snapshot_id: SnapshotId,
    /// What was done: `ask` or `escalate`.
    #[schema(example = "ask")]
    pub outcome: String,
    /// Why a coordinator was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "everyone_was_asked")]
    pub reason: Option<String>,
    /// When, by the campaign's clock.
    pub decided_at: DateTime<Utc>,
    /// How many volunteers could have been asked.
    pub candidates: u32,
    /// The number of the wave; absent where nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<u32>,
    /// How likely it was to be that somebody accepts before the next wave, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_percent: Option<u32>,
    /// How likely it seemed, in per cent, earlier offers included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance_percent: Option<u32>,
    /// How many the smallest set would have had that reaches the goal: the others are asked because they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fewest: Option<u32>,
    /// Who was asked, the first place first.
    pub offers: Vec<OfferBody>,
}

/// An offer, as coordinators see it.
#[derive(Serialize, ToSchema)]
pub struct OfferBody {
    /// Its id.
    pub id: OfferId,
    /// Who was asked.
    pub volunteer_id: VolunteerId,
    /// What became of it.
    #[schema(value_type = OfferStatus)]
    pub status: String,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DeclineReason>)]
    pub reason: Option<String>,
    /// How likely it seemed that they would ever accept, in per cent.
    pub chance_percent: u32,
    /// About how long their way is, in minutes; absent where nobody has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel_minutes: Option<u32>,
    /// When it was made.
    pub sent_at: DateTime<Utc>,
    /// Until when it could be answered.
    pub expires_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

const fn minutes(known: &Known) -> Option<u32> {
    match known.facts.travel {
        Some(travel) => Some(travel.get().div_ceil(STEP_S)),
        None => None,
    }
}

impl From<&OwnOffer> for OwnOfferBody {
    fn from(own: &OwnOffer) -> Self {
        Self {
            id: own.offer.offer(),
            sent_at: own.offer.sent_at,
            expires_at: own.offer.expires_at,
            travel_minutes: own.offer.known().ok().as_ref().and_then(minutes),
            request: TakeableBody::offered(&own.request, own.lines),
        }
    }
}

impl From<&OfferRow> for AnsweredOfferBody {
    fn from(row: &OfferRow) -> Self {
        Self {
            id: row.offer(),
            request_id: row.request(),
            status: row.status.clone(),
            reason: row.reason.clone(),
            sent_at: row.sent_at,
            ended_at: row.ended_at,
            version: row.version,
        }
    }
}

impl From<&OfferRow> for OfferBody {
    fn from(row: &OfferRow) -> Self {
        let known = row.known().ok();
        Self {
            id: row.offer(),
            volunteer_id: row.volunteer(),
            status: row.status.clone(),
            reason: row.reason.clone(),
            chance_percent: known.as_ref().map_or(0, |known| known.parts.ever().get() / 10_000),
            travel_minutes: known.as_ref().and_then(minutes),
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        }
    }
}

impl DispatchBody {
    /// How somebody is looked for, for this request.
    #[must_use]
    pub fn of(request: RequestId, dispatch: &Dispatch) -> Self {
        let mut offers: HashMap<Uuid, Vec<OfferBody>> = HashMap::new();
        for row in &dispatch.offers {
            offers.entry(row.decision_id).or_default().push(OfferBody::from(row));
        }
        let pursuit = dispatch.pursuit.as_ref();
        let decided = |(id, record): &(Uuid, domain::dispatch::Record)| {
            let (outcome, reason, wave) = match &record.decision {
                Decision::Ask(wave) => ("ask", None, Some(wave)),
                Decision::Wait { why, .. } => ("wait", Some(why.as_str()), None),
                Decision::Escalate { why } => ("escalate", Some(why.as_str()), None),
            };
            DecisionBody {
                snapshot_id: record.snapshot_id,
                outcome: outcome.to_owned(),
                reason: reason.map(str::to_owned),
                decided_at: record.snapshot.now,
                candidates: u32::try_from(record.snapshot.prospects.len()).unwrap_or(u32::MAX),
                wave: wave.map(|wave| wave.number),
                goal_percent: wave.map(|wave| wave.goal.get() / 10_000),
                chance_percent: wave.map(|wave| wave.chance.get() / 10_000),
                fewest: wave.map(|wave| wave.fewest),
                offers: offers.remove(id).unwrap_or_default(),
            }
        };
        Self {
            request_id: request,
            status: pursuit.map_or_else(|| "not_pursued".to_owned(), |row| row.status.clone()),
            waits_for: pursuit.and_then(|row| row.waits_for.clone()),
            next_due: pursuit.map(|row| row.next_due),
            decisions: dispatch.decisions.iter().map(decided).collect(),
        }
    }
}
