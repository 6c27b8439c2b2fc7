//! What is sent about plans.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, RequestId, VolunteerId};
use domain::plan::{Edit, PlanPolicy};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::plans::PlanWish;
use crate::rest::problem::Problem;
use crate::rest::times;

/// The most edits in one call.
pub const MOST_EDITS: usize = 10_000;

/// A plan to be computed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakePlanBody {
    /// The area whose open requests are planned.
    pub area_id: AreaId,
    /// The moment for which it is asked who may do what, by the campaign's clock: now when absent, at most a week
    /// ahead. Plan tomorrow's morning by whoever is available then.
    pub planned_for: Option<DateTime<Utc>>,
    /// Plan only requests whose time window ends by then; all when absent.
    pub due_until: Option<DateTime<Utc>>,
    /// By what the plan is made; what is left out is as usual.
    #[serde(default)]
    pub policy: PlanPolicy,
    /// What is wanted from the beginning, such as pairs that are agreed upon.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub edits: Vec<EditBody>,
}

/// What is wanted otherwise.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPlanBody {
    /// One after the other. None at all settles the plan as it is.
    #[schema(max_items = 10000)]
    pub edits: Vec<EditBody>,
}

/// One thing that is wanted otherwise, or not any more.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    /// What is wanted.
    pub edit: EditWord,
    /// Of which request of the plan.
    pub request_id: RequestId,
    /// Of which volunteer, for `lock`, `forbid` and `allow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volunteer_id: Option<VolunteerId>,
}

/// What can be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditWord {
    /// This volunteer does this request, whatever would be better.
    Lock,
    /// The request is free again.
    Unlock,
    /// This volunteer does not do this request.
    Forbid,
    /// They may again.
    Allow,
    /// The request is no part of this plan.
    Drop,
    /// It is again.
    Restore,
}

impl MakePlanBody {
    /// The wish as the action takes it.
    ///
    /// # Errors
    /// Names the field that is not as it must be.
    pub fn wish(self) -> Result<PlanWish, Problem> {
        let time =
            |told: Option<DateTime<Utc>>, pointer| told.map(|told| times::field(told, pointer)).transpose();
        check(&self.policy)?;
        Ok(PlanWish {
            area: self.area_id,
            planned_for: time(self.planned_for, "/planned_for")?,
            due_until: time(self.due_until, "/due_until")?,
            policy: self.policy,
            edits: edits(&self.edits)?,
        })
    }
}

impl EditPlanBody {
    /// The edits as the domain knows them.
    ///
    /// # Errors
    /// Names the field that is not as it must be.
    pub fn edits(&self) -> Result<Vec<Edit>, Problem> {
        edits(&self.edits)
    }
}

const DAY_S: u32 = 24 * 3_600;

/// How much one consideration may count, in seconds of travel.
pub const MOST_WEIGHT_S: u32 = DAY_S;

/// The highest seed: numbers above it are not the same in every language that reads JSON.
pub const MOST_SEED: u64 = (1 << 53) - 1;

/// Between what the numbers of a policy lie, by where they are in it: so that sums cannot overflow, and somebody can mean it.
pub const POLICY_LIMITS: [(&str, u32, u32); 5] = [
    ("weights/travel_percent", 0, 1_000),
    ("fresh_s", 60, 7 * DAY_S),
    ("doubled_after_s", 600, 30 * DAY_S),
    ("most_each", 1, 50),
    ("listed", 1, 64),
];

fn check(policy: &PlanPolicy) -> Result<(), Problem> {
    let PlanPolicy { weights, fresh_s, doubled_after_s, most_each, listed, seed } = *policy;
    let numbers = [weights.travel_percent, fresh_s, doubled_after_s, most_each, listed];
    let limited = POLICY_LIMITS.into_iter().zip(numbers);
    let weights = [
        ("weights/claims_squared", weights.claims_squared),
        ("weights/other_language", weights.other_language),
        ("weights/new_face", weights.new_face),
    ];
    let weights = weights.map(|(name, weight)| ((name, 0, MOST_WEIGHT_S), weight.get()));
    for ((name, least, most), value) in limited.chain(weights) {
        if !(least..=most).contains(&value) {
            let detail = format!("from {least} to {most}");
            return Err(Problem::field(Code::InvalidValue, format!("/policy/{name}"), detail));
        }
    }
    if seed > MOST_SEED {
        return Err(Problem::field(Code::InvalidValue, "/policy/seed", format!("from 0 to {MOST_SEED}")));
    }
    Ok(())
}

fn edits(sent: &[EditBody]) -> Result<Vec<Edit>, Problem> {
    if sent.len() > MOST_EDITS {
        return Err(Problem::field(Code::InvalidValue, "/edits", format!("at most {MOST_EDITS}")));
    }
    sent.iter().enumerate().map(|(place, body)| edit(place, body)).collect()
}

fn edit(place: usize, body: &EditBody) -> Result<Edit, Problem> {
    let request = body.request_id;
    let refused = |detail: &'static str| {
        Problem::field(Code::InvalidValue, format!("/edits/{place}/volunteer_id"), detail)
    };
    let who = || body.volunteer_id.ok_or_else(|| refused("say which volunteer"));
    let edit = match body.edit {
        EditWord::Lock => Edit::Lock { request, volunteer: who()? },
        EditWord::Forbid => Edit::Forbid { request, volunteer: who()? },
        EditWord::Allow => Edit::Allow { request, volunteer: who()? },
        EditWord::Unlock => Edit::Unlock { request },
        EditWord::Drop => Edit::Drop { request },
        EditWord::Restore => Edit::Restore { request },
    };
    let wants_nobody = matches!(body.edit, EditWord::Unlock | EditWord::Drop | EditWord::Restore);
    if wants_nobody && body.volunteer_id.is_some() {
        return Err(refused("leave it out: this is about the request alone"));
    }
    Ok(edit)
}

impl From<Edit> for EditBody {
    fn from(edit: Edit) -> Self {
        let (word, request, volunteer) = match edit {
            Edit::Lock { request, volunteer } => (EditWord::Lock, request, Some(volunteer)),
            Edit::Unlock { request } => (EditWord::Unlock, request, None),
            Edit::Forbid { request, volunteer } => (EditWord::Forbid, request, Some(volunteer)),
            Edit::Allow { request, volunteer } => (EditWord::Allow, request, Some(volunteer)),
            Edit::Drop { request } => (EditWord::Drop, request, None),
            Edit::Restore { request } => (EditWord::Restore, request, None),
        };
        Self { edit: word, request_id: request, volunteer_id: volunteer }
    }
}
