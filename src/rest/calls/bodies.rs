//! What is sent and answered about calls of the hotline.

use chrono::{DateTime, Utc};
use domain::calls::{Answered, CallPurpose, CallStatus, HotlineOutcome};
use domain::id::{AreaId, CallId, HouseholdId, RequestId, UserId};
use domain::refusal::Code;
use domain::words::Urgency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::calls::LockedCall;
use crate::rest::problem::Problem;
use crate::storage::rows::CallRow;

/// A household to be called about one of its requests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCallBody {
    /// About which request.
    pub request_id: RequestId,
    /// When, at the earliest; now when absent.
    pub call_at: Option<DateTime<Utc>>,
    /// How soon; normal when absent.
    pub urgency: Option<Urgency>,
}

/// How a call went.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBody {
    /// How it went.
    pub outcome: HotlineOutcome,
    /// When they asked to be called, within 30 days; with `call_back_at` only.
    pub call_back_at: Option<DateTime<Utc>>,
}

impl OutcomeBody {
    /// How the call went, its time with it.
    ///
    /// # Errors
    /// When a time is missing, or is told with another outcome.
    pub fn answered(&self) -> Result<Answered, Problem> {
        let refused = |detail: &str| Problem::field(Code::InvalidValue, "/call_back_at", detail);
        let plain = match (self.outcome, self.call_back_at) {
            (HotlineOutcome::CallBackAt, Some(at)) => return Ok(Answered::CallBackAt(at)),
            (HotlineOutcome::CallBackAt, None) => return Err(refused("say when they asked to be called")),
            (HotlineOutcome::Reached, _) => Answered::Reached,
            (HotlineOutcome::NoAnswer, _) => Answered::NoAnswer,
            (HotlineOutcome::WrongNumber, _) => Answered::WrongNumber,
            (HotlineOutcome::HelpNotNeeded, _) => Answered::HelpNotNeeded,
        };
        if self.call_back_at.is_some() {
            return Err(refused("with the outcome call_back_at only"));
        }
        Ok(plain)
    }
}

/// A call that the hotline makes.
#[derive(Serialize, ToSchema, Clone)]
pub struct CallBody {
    /// Its id.
    pub id: CallId,
    /// Where.
    pub area_id: AreaId,
    /// Whom.
    pub household_id: HouseholdId,
    /// About which request.
    pub request_id: RequestId,
    /// What for.
    #[schema(value_type = CallPurpose)]
    pub purpose: String,
    /// How soon.
    #[schema(value_type = Urgency)]
    pub urgency: String,
    /// Where it is in its life.
    #[schema(value_type = CallStatus)]
    pub status: String,
    /// When it is made next, at the earliest.
    pub due_at: DateTime<Utc>,
    /// How often nobody answered.
    pub calls_in_vain: i32,
    /// How it went last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HotlineOutcome>)]
    pub last_outcome: Option<String>,
    /// The operator who took it last, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_by: Option<UserId>,
    /// Until when nobody else makes it; others may once that is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<DateTime<Utc>>,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&CallRow> for CallBody {
    fn from(row: &CallRow) -> Self {
        Self {
            id: row.call(),
            area_id: row.area(),
            household_id: row.household(),
            request_id: row.request(),
            purpose: row.purpose.clone(),
            urgency: row.urgency.clone(),
            status: row.status.clone(),
            due_at: row.due_at,
            calls_in_vain: row.in_vain,
            last_outcome: row.last_outcome.clone(),
            locked_by: row.locked_by.map(UserId::new),
            locked_until: row.locked_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A call that you make now, with whom to ask for and which number to dial.
#[derive(Serialize, ToSchema)]
pub struct LockedCallBody {
    /// The call.
    #[serde(flatten)]
    pub call: CallBody,
    /// The name to ask for. Absent in a replay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Raushan Akhmetova")]
    pub name: Option<String>,
    /// The number to dial, E.164. Absent in a replay: take the call again to be told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "+77010000001")]
    pub phone: Option<String>,
}

impl LockedCallBody {
    /// What the operator is told.
    #[must_use]
    pub fn shown(locked: &LockedCall) -> Self {
        Self {
            name: Some(locked.name.clone()),
            phone: Some(locked.phone.disclose().to_owned()),
            ..Self::kept(locked)
        }
    }

    /// What is kept for replays: nothing of the door.
    #[must_use]
    pub fn kept(locked: &LockedCall) -> Self {
        Self { call: CallBody::from(&locked.row), name: None, phone: None }
    }
}
