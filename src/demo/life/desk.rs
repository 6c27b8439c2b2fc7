//! A coordinator's desk: what waits is seen to, one thing at a time, and whoever tries the service out
//! is not kept waiting behind the city's own.

use std::sync::Arc;

use domain::household::HouseholdAct;
use domain::id::HouseholdId;
use domain::life::{Act, Hold};

use super::{Town, is_own};
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::change_household::ChangeHousehold;
use crate::actions::queue_of_requests::queue_of_requests;
use crate::actions::{Caller, Refusal};
use crate::clock;
use crate::demo::acting::{act, call_of};
use crate::demo::error::told;
use crate::demo::{Chance, OrganisationEntry};
use crate::storage::rows::RequestRow;

/// Minutes of life between two looks at the queue.
const BETWEEN: (f64, f64) = (8.0, 16.0);

/// For so many minutes of life a newcomer's request is left for them to see to themselves.
const NEWCOMERS_TURN: f64 = 15.0;

/// So many of the city's own are always left, for whoever wants to see a queue.
const LEFT: usize = 6;

/// How much of the queue is looked at.
const LOOK: u16 = 100;

/// Sees to what waits for one organisation's coordinator, for ever.
pub(super) async fn see_to_what_waits(town: Arc<Town>, number: usize) {
    let Some(organisation) = town.roster.organisations.get(number) else { return };
    let mut chance = Chance::new(town.plan.seed, 100 + u64::try_from(number).unwrap_or(0));
    loop {
        town.pace.pass_some(&mut chance, BETWEEN).await;
        if let Err(refusal) = see_to_one(&town, organisation, &mut chance).await {
            tracing::debug!(why = told(&refusal), "a coordinator could not see to something");
        }
    }
}

async fn see_to_one(
    town: &Town,
    organisation: &OrganisationEntry,
    chance: &mut Chance,
) -> Result<(), Refusal> {
    let coordinator = organisation.coordinator();
    let held = queue_of_requests(&town.app, &call_of(coordinator), LOOK).await?.held;
    let waited = |row: &RequestRow| {
        (clock::now() - row.updated_at)
            .to_std()
            .is_ok_and(|waited| waited >= town.pace.minutes(NEWCOMERS_TURN))
    };
    let (own, newcomers): (Vec<RequestRow>, Vec<RequestRow>) = held.into_iter().partition(is_own);
    if let Some(row) = newcomers.iter().find(|row| waited(row)) {
        see_to(town, coordinator, row).await?;
    }
    match chance.pick(&own) {
        Some(row) if own.len() > LEFT => see_to(town, coordinator, row).await,
        Some(_) | None => Ok(()),
    }
}

/// Lets it be claimed: by verifying its household, where it waits for that.
async fn see_to(town: &Town, coordinator: Caller, row: &RequestRow) -> Result<(), Refusal> {
    if row.hold.as_deref() == Some(Hold::NewHousehold.as_str()) {
        let household = HouseholdId::new(row.household_id);
        let action = ChangeHousehold { household, act: HouseholdAct::Verify, reason: None };
        return act(&town.app, coordinator, action, |_| ()).await;
    }
    let target = Target::Request(row.request());
    let action = ActOnRequest { target, act: Act::Verify, fence: None, reason: None };
    act(&town.app, coordinator, action, |_| ()).await
}
