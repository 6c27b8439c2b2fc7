//! New requests trickle in, so that there is always something to do.

use std::sync::Arc;

use domain::household::HouseholdStatus;
use domain::words::RequestKind;

use super::{OWN, Town};
use crate::clock;
use crate::demo::Chance;
use crate::demo::city::{Filed, file};
use crate::demo::error::told;
use crate::demo::plan::{PlannedHousehold, everyday};

/// Minutes of life between two requests.
const BETWEEN: (f64, f64) = (2.0, 6.0);

/// More open requests than this, and nobody asks for a while: the volunteers cannot keep up.
const MOST_OPEN: usize = 120;

/// Files requests for ever.
pub(super) async fn ask(town: Arc<Town>) {
    let mut chance = Chance::new(town.plan.seed, 4);
    let takes_requests = |household: &&PlannedHousehold| household.status.takes_requests();
    let households: Vec<&PlannedHousehold> = town.plan.households.iter().filter(takes_requests).collect();
    loop {
        town.pace.pass_some(&mut chance, BETWEEN).await;
        if town.app.fleet.look(|world| world.open.len()) > MOST_OPEN {
            continue;
        }
        if let Some(household) = chance.pick(&households) {
            file_one(&town, household, &mut chance).await;
        }
    }
}

async fn file_one(town: &Town, household: &PlannedHousehold, chance: &mut Chance) {
    let mut request = everyday(0, household, chance);
    if household.status == HouseholdStatus::Verified && chance.percent(12) {
        let visits = [RequestKind::Call, RequestKind::WelfareCheck];
        request.kind = chance.pick(&visits).copied().unwrap_or(RequestKind::Call);
        request.lines.clear();
    }
    let name = format!("{OWN}{}", clock::new_id());
    match file(&town.app, &town.roster, (household, &request), name, None).await {
        Ok(Filed { request, phrase: Some(phrase) }) => town.remember(request, phrase),
        Ok(Filed { phrase: None, .. }) => {}
        Err(refusal) => tracing::debug!(why = told(&refusal), "a household could not ask"),
    }
}
