//! A coordinator has a plan computed: everything open of theirs in an area, to whoever may and has room.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{AreaId, OrganisationId, PlanId, PolicyId, SnapshotId, UserId};
use domain::matching::{At, OpenRequest};
use domain::place::{GreatCircleTravel, USUAL_DETOUR_PERCENT};
use domain::plan::{Edit, PlanPolicy, Record, Sight};

use super::{Planned, coordinator, edited, told};
use crate::actions::long_looks::{Turns, look_in};
use crate::actions::shortlist_volunteers::check_loaded;
use crate::actions::{Action, Answer, Call, Refusal, perform, read};
use crate::app::App;
use crate::clock;
use crate::fleet::World;
use crate::storage::tables::plans::{self, NewPlan};
use crate::storage::tables::settings;
use crate::storage::views::local_times;
use crate::storage::{Unit, events};

/// One plan is computed at a time: it takes a core for as long as there are requests.
static TURNS: Turns = Turns::of(1, 8);

/// As many requests as are claimed in a few seconds by one transaction.
const MOST: usize = 5_000;

/// How far ahead can be planned: who is available is known by the week.
const AHEAD: TimeDelta = TimeDelta::days(7);

/// What somebody wants planned.
#[derive(Debug, Clone)]
pub struct PlanWish {
    /// Where.
    pub area: AreaId,
    /// For when; for now if not told.
    pub planned_for: Option<Moment>,
    /// Only requests whose time window ends by then.
    pub due_until: Option<Moment>,
    /// By what.
    pub policy: PlanPolicy,
    /// What is wanted otherwise from the beginning.
    pub edits: Vec<Edit>,
}

/// Computes a plan and keeps it.
///
/// # Errors
/// When the caller's organisation does not work there, too much is open, or an edit cannot be; while the fleet is not
/// loaded, or too many have plans computed.
pub async fn make_plan(
    app: &App,
    call: Call,
    wish: PlanWish,
    render: impl Fn(&Planned) -> Answer + Send + Sync + 'static,
) -> Result<Answer, Refusal> {
    // What they have just written is planned with.
    app.fleet.shows_what_was_written().await;
    let (organisation, user, at) = read(app, &call, async |unit| ground(unit, &wish).await).await?;
    check_loaded(app)?;
    let turn = TURNS.take().await?;
    let new = NewPlan {
        id: PlanId::new(clock::new_id()),
        organisation,
        area: wish.area,
        planned_for: at.now,
        due_until: wish.due_until,
        policy: wish.policy,
        made_by: user,
    };
    let asked = new.clone();
    let record = look_in(turn, app, move |world| drawn_up(world, &asked, at, &wish.edits)).await??;
    perform(app, call, KeepPlan { new, record: Arc::new(record) }, render).await
}

async fn ground(unit: &mut Unit<'_>, wish: &PlanWish) -> Result<(OrganisationId, UserId, At), Refusal> {
    let (own, user) = coordinator(&unit.actor)?;
    settings::find(unit, own, wish.area).await?.ok_or_else(no_such_area)?;
    let time = local_times::local_time(unit, wish.area).await?.ok_or_else(no_such_area)?;
    let now = time.at(unit.now);
    let Some(wanted) = wish.planned_for else { return Ok((own, user, now)) };
    let ahead = wanted - now.now;
    if ahead < TimeDelta::minutes(-5) || ahead > AHEAD {
        return Err(Refusal::flaw("/planned_for", "from now until a week ahead"));
    }
    Ok((own, user, time.at(unit.now + ahead)))
}

fn no_such_area() -> Refusal {
    Refusal::flaw("/area_id", "no such area in which your organisation works")
}

fn drawn_up(world: &World, new: &NewPlan, at: At, edits: &[Edit]) -> Result<Record, Refusal> {
    let is_due = |request: &OpenRequest| {
        new.due_until.is_none_or(|until| request.window_end.is_some_and(|end| end <= until))
    };
    let is_asked = |request: &&OpenRequest| {
        request.organisation == new.organisation && request.area == new.area && is_due(request)
    };
    let requests: Vec<OpenRequest> = world.open.iter().filter(is_asked).take(MOST + 1).cloned().collect();
    if requests.len() > MOST {
        let detail =
            format!("more than {MOST} requests are open there: plan what is due first, by `due_until`");
        return Err(Refusal::flaw("/due_until", detail));
    }
    let detour = world.detours.get(&new.area).copied().unwrap_or(USUAL_DETOUR_PERCENT);
    let travel = GreatCircleTravel::with_detour(detour);
    let sight = Sight { fleet: &world.fleet, at, travel: &travel, policy: &new.policy };
    let snapshot = sight
        .snapshot(SnapshotId::new(clock::new_id()), &requests)
        .map_err(|error| crate::storage::StorageError::Impossible(error.to_string()))?;
    let record = Record::of(PolicyId::new(clock::new_id()), snapshot);
    if edits.is_empty() { Ok(record) } else { edited(&record, edits) }
}

/// Keep a plan that was computed.
#[derive(Clone)]
struct KeepPlan {
    new: NewPlan,
    record: Arc<Record>,
}

impl Action for KeepPlan {
    type Done = Planned;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Planned, Refusal> {
        // Whoever stopped to coordinate while it was computed has no plan kept.
        let (own, _) = coordinator(&unit.actor)?;
        if own != self.new.organisation {
            return Err(Refusal::not_found());
        }
        let row = plans::insert(unit, &self.new, &self.record).await?;
        events::append(unit, &[told("plan.made", &row)]).await?;
        Ok(Planned { row, record: Record::clone(&self.record) })
    }
}
