//! Builds a planned city, by the very actions that anybody else's calls carry out and as the people who
//! would: so its events, doors, coarse points and phrases are real.
//!
//! Its first day is lived in seconds. What has to run out (a lease, a window with its extension) does so
//! under a first policy that gives a lease of one second and no extension; then the policy is replaced by
//! the one by which the city lives on. Both versions are in the log.

mod founding;
mod history;
mod people;
mod settling;

pub(super) use history::{Filed, as_partner, file};

use domain::id::RequestId;
use domain::policy::Policy;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::acting::act;
use super::error::told;
use super::plan::{Fate, Plan, PlannedRequest};
use super::{DemoError, Roster};
use crate::actions::act_when_due::{ActWhenDue, Overdue};
use crate::actions::set_policy::SetPolicy;
use crate::actions::{Caller, perform_as_system};
use crate::app::App;
use domain::actor::Role;

/// How many people act at once while the city is built.
const AT_ONCE: usize = 12;

/// A city in the making.
struct City<'a> {
    app: &'a App,
    plan: &'a Plan,
    roster: Roster,
}

/// Builds a city on an empty database.
///
/// # Errors
/// When an action is refused that should not be, or the database fails.
pub async fn build(app: &App, plan: &Plan) -> Result<Roster, DemoError> {
    let (mut roster, password_hash) = founding::found(app, plan, first_policy()).await?;
    roster.volunteers = people::recruit(app, plan, &roster, &password_hash).await?;
    let city = City { app, plan, roster };
    city.settle().await?;
    let ran_out = city.live(Fate::runs_out).await?;
    city.take_up_duty().await?;
    city.let_run_out(&ran_out).await?;
    city.replace_policy().await?;
    let living = city.live(|fate| !fate.runs_out()).await?;
    city.let_run_out(&living).await?;
    Ok(city.roster)
}

/// What every sandbox is drawn from: whoever reads of one household's fate finds it in all of them.
const SANDBOXES_SEED: u64 = 1;

/// Builds a sandbox of that name on a database that has others' in it.
///
/// # Errors
/// When the name is taken, an action is refused that should not be, or the database fails.
pub async fn build_sandbox(app: &App, name: &str) -> Result<Roster, DemoError> {
    let host = founding::sandbox_host()?;
    let plan = Plan::quarter(SANDBOXES_SEED, &host)?;
    let (mut roster, password_hash) = founding::found_sandbox(app, &plan, (name, host)).await?;
    roster.volunteers = people::recruit(app, &plan, &roster, &password_hash).await?;
    let city = City { app, plan: &plan, roster };
    city.settle().await?;
    city.take_up_duty().await?;
    city.live(|_| true).await?;
    Ok(city.roster)
}

/// Doors that a volunteer may open in an hour: here, life passes in minutes.
const DOORS: u32 = 100_000;

/// Under which whatever shall run out does.
fn first_policy() -> Policy {
    Policy { lease_s: 1, extension_s: 0, volunteer_doors_per_hour: DOORS, ..Policy::default() }
}

/// By which the city lives on: silence is followed up soon enough to be seen.
fn lasting_policy() -> Policy {
    Policy { silence_s: 15 * 60, volunteer_doors_per_hour: DOORS, ..Policy::default() }
}

impl City<'_> {
    /// Does something for each of many, some at a time.
    async fn each<T, F>(
        &self,
        things: impl IntoIterator<Item = T>,
        what: impl FnMut(T) -> F,
    ) -> Result<Vec<F::Ok>, DemoError>
    where
        F: futures_util::TryFuture<Error = DemoError> + Future<Output = Result<F::Ok, DemoError>>,
    {
        stream::iter(things).map(what).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Files the requests of these fates and lets happen to them what shall.
    async fn live(&self, of: impl Fn(Fate) -> bool) -> Result<Vec<(&PlannedRequest, RequestId)>, DemoError> {
        let chosen = self.plan.requests.iter().filter(|request| of(request.fate));
        self.each(chosen, |request| async move { Ok((request, self.live_through(request).await?)) }).await
    }

    /// Waits until what shall run out has, and does what follows, as the service's own loops would.
    async fn let_run_out(&self, requests: &[(&PlannedRequest, RequestId)]) -> Result<(), DemoError> {
        let due = requests.iter().filter_map(|(planned, request)| {
            let overdue = match planned.fate {
                Fate::Lapsed | Fate::GoodsLapsed => Overdue::Lease,
                Fate::Expired => Overdue::Extension,
                Fate::Escalated => Overdue::Window,
                Fate::Waits
                | Fate::Open
                | Fate::Released
                | Fate::Claimed
                | Fate::PickedUp
                | Fate::AtDoor
                | Fate::GoodsReleased
                | Fate::BadAddress
                | Fate::TriedInVain
                | Fate::Acknowledged
                | Fate::Awaiting
                | Fate::Concluded
                | Fate::CalledOff
                | Fate::CalledOffWithGoods
                | Fate::Refused
                | Fate::AlreadyServed => return None,
            };
            Some(ActWhenDue { request: *request, overdue })
        });
        self.each(due, |action| self.when_due(action)).await?;
        Ok(())
    }

    async fn when_due(&self, action: ActWhenDue) -> Result<(), DemoError> {
        /// Everything here is due within seconds.
        const MOST_LOOKS: u32 = 300;
        for _ in 0..MOST_LOOKS {
            match perform_as_system(self.app, action).await {
                Ok(true) => return Ok(()),
                Ok(false) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
                Err(refusal) => {
                    return Err(DemoError::Refused { what: "time runs out", why: told(&refusal) });
                }
            }
        }
        Err(DemoError::Refused { what: "time runs out", why: format!("{action:?} did not come due") })
    }

    async fn replace_policy(&self) -> Result<(), DemoError> {
        let administrator = match self.roster.administrator_id {
            Some(user) => Caller::Person { user, role: Role::Administrator, session: None },
            None => Caller::System,
        };
        let action =
            SetPolicy { campaign: self.roster.campaign_id, policy: lasting_policy(), replaces: Some(1) };
        act(self.app, administrator, action, |_| ()).await.map_err(DemoError::refused("the lasting policy"))
    }
}
