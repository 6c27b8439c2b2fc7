//! Where an area needs more volunteers: cells in which more is asked for than those can do who are there.

use std::sync::Arc;

use domain::id::AreaId;
use domain::matching::balance;

use super::long_looks::{Turns, look_in};
use super::shortlist_volunteers::{check_loaded, coordinated};
use super::{Call, Refusal, read};
use crate::app::App;
use crate::storage::tables::settings;
use crate::storage::views::local_times;

pub use crate::fleet::Balanced;

/// One area is weighed at a time, and those who ask about few are not kept waiting for it.
static TURNS: Turns = Turns::of(1, 32);

/// Demand and supply in an area where the caller's organisation works, of all who share its campaign.
///
/// Weighing every volunteer takes long where there are many, so it is not done on a thread that answers calls,
/// and what was found is told again for some seconds.
///
/// # Errors
/// When they do not work there; while the fleet is not loaded, or too many look at it.
pub async fn balance_area(app: &App, call: &Call, area: AreaId) -> Result<Arc<Balanced>, Refusal> {
    let (k, at) = read(app, call, async |unit| {
        let own = coordinated(&unit.actor).ok_or_else(Refusal::not_found)?;
        let setting = settings::find(unit, own, area).await?.ok_or_else(Refusal::not_found)?;
        let time = local_times::local_time(unit, area).await?.ok_or_else(Refusal::not_found)?;
        Ok((setting.policy.coarse_k, time.at(unit.now)))
    })
    .await?;
    check_loaded(app)?;
    if let Some(known) = app.fleet.recall().balanced(area) {
        return Ok(known);
    }
    let turn = TURNS.take().await?;
    // Whoever waited for somebody who asked the same has their answer.
    if let Some(known) = app.fleet.recall().balanced(area) {
        return Ok(known);
    }
    let found = look_in(turn, app, move |world| balance(&world.fleet, &world.open, area, at, k)).await?;
    Ok(app.fleet.recall().keep_balanced(area, Balanced { as_of: at.now, balance: found }))
}
