//! What is answered about plans.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, ClaimId, OrganisationId, PlanId, RequestId, UserId, VolunteerId};
use domain::plan::{Gap, LeftOver, PlanPolicy, Scope, Task, TaskList, Totals, Waits};
use domain::refusal::Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::wishes::EditBody;
use crate::actions::plans::{Outcome, Planned};
use crate::storage::views::plans::PlanRow;

/// Exact ways to several households would tell where a volunteer lives; nobody needs them exact.
const STEP_S: u64 = 60;

/// A plan, without who does what.
#[derive(Serialize, ToSchema)]
pub struct PlanSummaryBody {
    /// Its id.
    pub id: PlanId,
    /// Whose requests are planned.
    pub organisation_id: OrganisationId,
    /// In which area.
    pub area_id: AreaId,
    /// Whether it was carried out: `proposed` or `committed`.
    #[schema(example = "proposed")]
    pub status: String,
    /// The moment for which it was asked who may do what, by the campaign's clock.
    pub planned_for: DateTime<Utc>,
    /// Only requests whose time window ends by then are planned, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_until: Option<DateTime<Utc>>,
    /// By what it was made.
    pub policy: PlanPolicy,
    /// The coordinator who asked for it.
    pub made_by: UserId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<DateTime<Utc>>,
    /// Grows with each change.
    pub version: i32,
}

/// A plan.
#[derive(Serialize, ToSchema)]
pub struct PlanBody {
    /// Where it stands.
    #[serde(flatten)]
    pub summary: PlanSummaryBody,
    /// What it comes to.
    pub totals: TotalsBody,
    /// How long all of the requests have waited.
    pub before: WaitsBody,
    /// How long those have waited that are left over.
    pub after: WaitsBody,
    /// How far from the best it can be.
    pub gap: GapBody,
    /// Everybody who has something to do.
    pub lists: Vec<TaskListBody>,
    /// What is left over, and why.
    pub left_over: Vec<LeftOverBody>,
    /// What is wanted otherwise: what is locked, forbidden and dropped.
    pub edits: Vec<EditBody>,
    /// What came of it, once it was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<PlanOutcomeBody>,
}

/// What a plan comes to.
#[derive(Serialize, ToSchema)]
pub struct TotalsBody {
    /// Requests that were to be planned.
    pub requests: u32,
    /// Those that somebody is to do.
    pub assigned: u32,
    /// Volunteers who had room.
    pub volunteers: u32,
    /// Those who have something to do.
    pub busy: u32,
    /// The most that one of them has.
    pub most_tasks: u32,
    /// All ways together, in seconds, rounded up to minutes.
    pub travel_s: u64,
    /// The longest way, in seconds, rounded up to minutes.
    pub longest_way_s: u64,
}

/// How long requests have waited, in seconds.
#[derive(Serialize, ToSchema)]
pub struct WaitsBody {
    /// How many wait.
    pub waiting: u32,
    /// The middle.
    pub median_s: u32,
    /// Nine in ten have waited no longer.
    pub p90_s: u32,
    /// The longest.
    pub longest_s: u32,
    /// Who has waited the longest, if anybody waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_request_id: Option<RequestId>,
}

/// How far from the best a plan can be at most. Costs are seconds of travel: ways, further tasks of one volunteer, requests
/// that are left open.
#[derive(Serialize, ToSchema)]
pub struct GapBody {
    /// What the plan costs, rounded up to minutes.
    pub cost_s: u64,
    /// No plan with these edits costs less than that, rounded up to minutes. It is proven, whatever made the plan.
    pub bound_s: u64,
    /// The difference before rounding, in millionths of the cost: 0 is a cheapest plan.
    pub millionths: u32,
    /// Among whom nothing is cheaper: `everyone` who may, or those who are `named` as candidates, as with edits.
    #[schema(value_type = String, example = "everyone")]
    pub scope: Scope,
}

/// What one volunteer is to do.
#[derive(Serialize, ToSchema)]
pub struct TaskListBody {
    /// Who.
    pub volunteer_id: VolunteerId,
    /// Whoever has waited longest first.
    pub tasks: Vec<TaskBody>,
}

/// A request in somebody's list.
#[derive(Serialize, ToSchema)]
pub struct TaskBody {
    /// Which.
    pub request_id: RequestId,
    /// How long the way takes, in seconds, rounded up to minutes; absent when nobody has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel_s: Option<u64>,
    /// Whether it is locked to them.
    pub is_locked: bool,
}

/// A request that is left over.
#[derive(Serialize, ToSchema)]
pub struct LeftOverBody {
    /// Which.
    pub request_id: RequestId,
    /// The first reason that holds: `dropped`, `window_over`, `nobody_may`, `everybody_forbidden`, `everybody_full`,
    /// `not_worth_the_way`.
    #[schema(example = "everybody_full")]
    pub why: String,
    /// Where nobody may: how many of the campaign's volunteers each rule refuses first, in the order of the rules.
    pub refused: Vec<RefusedCountBody>,
}

/// How many volunteers a rule refuses.
#[derive(Serialize, ToSchema)]
pub struct RefusedCountBody {
    /// The rule.
    #[schema(example = "off_duty")]
    pub reason: String,
    /// How many.
    pub count: u32,
}

/// What came of a plan that was carried out.
#[derive(Serialize, ToSchema)]
pub struct PlanOutcomeBody {
    /// What was claimed.
    pub assigned: Vec<AssignedBody>,
    /// What had changed since the plan was made, and was left as it is.
    pub skipped: Vec<SkippedBody>,
}

/// A task that was claimed.
#[derive(Serialize, ToSchema)]
pub struct AssignedBody {
    /// The request.
    pub request_id: RequestId,
    /// Who does it.
    pub volunteer_id: VolunteerId,
    /// By which claim.
    pub claim_id: ClaimId,
}

/// A task that could not be claimed any more.
#[derive(Serialize, ToSchema)]
pub struct SkippedBody {
    /// The request.
    pub request_id: RequestId,
    /// Who was to do it.
    pub volunteer_id: VolunteerId,
    /// Why they do not: the code with which a claim would have been refused.
    #[schema(value_type = String, example = "already_claimed")]
    pub code: Code,
    /// The same in words, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

const fn in_minutes(seconds: u64) -> u64 {
    seconds.div_ceil(STEP_S) * STEP_S
}

impl From<&PlanRow> for PlanSummaryBody {
    fn from(row: &PlanRow) -> Self {
        Self {
            id: row.plan(),
            organisation_id: row.organisation(),
            area_id: row.area(),
            status: row.status.clone(),
            planned_for: row.planned_for,
            due_until: row.due_until,
            policy: serde_json::from_value(row.policy.clone()).unwrap_or_default(),
            made_by: UserId::new(row.made_by),
            created_at: row.created_at,
            updated_at: row.updated_at,
            committed_at: row.committed_at,
            version: row.version,
        }
    }
}

impl From<&Planned> for PlanBody {
    fn from(planned: &Planned) -> Self {
        let plan = &planned.record.plan;
        let outcome = planned.row.outcome.clone();
        Self {
            summary: PlanSummaryBody::from(&planned.row),
            totals: plan.totals.into(),
            before: plan.before.into(),
            after: plan.after.into(),
            gap: plan.gap.into(),
            lists: plan.lists.iter().map(TaskListBody::from).collect(),
            left_over: plan.left_over.iter().map(LeftOverBody::from).collect(),
            edits: plan.edits.iter().map(EditBody::from).collect(),
            outcome: outcome
                .and_then(|told| serde_json::from_value::<Outcome>(told).ok())
                .map(PlanOutcomeBody::from),
        }
    }
}

impl From<Totals> for TotalsBody {
    fn from(totals: Totals) -> Self {
        Self {
            requests: totals.requests,
            assigned: totals.assigned,
            volunteers: totals.volunteers,
            busy: totals.busy,
            most_tasks: totals.most_tasks,
            travel_s: in_minutes(totals.travel_s),
            longest_way_s: in_minutes(u64::from(totals.longest_way.get())),
        }
    }
}

impl From<Waits> for WaitsBody {
    fn from(waits: Waits) -> Self {
        let Waits { waiting, median_s, p90_s, longest_s, longest } = waits;
        Self { waiting, median_s, p90_s, longest_s, longest_request_id: longest }
    }
}

impl From<Gap> for GapBody {
    fn from(gap: Gap) -> Self {
        let Gap { cost, bound, millionths, scope } = gap;
        Self { cost_s: in_minutes(cost), bound_s: in_minutes(bound), millionths, scope }
    }
}

impl From<&TaskList> for TaskListBody {
    fn from(list: &TaskList) -> Self {
        Self { volunteer_id: list.volunteer, tasks: list.tasks.iter().map(TaskBody::from).collect() }
    }
}

impl From<&Task> for TaskBody {
    fn from(task: &Task) -> Self {
        Self {
            request_id: task.request,
            travel_s: task.travel.map(|way| in_minutes(u64::from(way.get()))),
            is_locked: task.is_locked,
        }
    }
}

impl From<&LeftOver> for LeftOverBody {
    fn from(left: &LeftOver) -> Self {
        let refused = left.refused.iter().map(|refused| RefusedCountBody {
            reason: refused.rule.as_str().to_owned(),
            count: refused.volunteers,
        });
        Self { request_id: left.request, why: left.why.to_string(), refused: refused.collect() }
    }
}

impl From<Outcome> for PlanOutcomeBody {
    fn from(outcome: Outcome) -> Self {
        let assigned = outcome.assigned.into_iter().map(|task| AssignedBody {
            request_id: task.request,
            volunteer_id: task.volunteer,
            claim_id: task.claim,
        });
        let skipped = outcome.skipped.into_iter().map(|task| SkippedBody {
            request_id: task.request,
            volunteer_id: task.volunteer,
            code: task.code,
            detail: task.detail,
        });
        Self { assigned: assigned.collect(), skipped: skipped.collect() }
    }
}
