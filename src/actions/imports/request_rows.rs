//! A row of requests: its names are looked up, and it is filed as any other request.

use std::sync::Arc;

use domain::Moment;
use domain::id::{AreaId, HouseholdId, HubId};
use domain::refusal::Code;
use domain::sheet::{SheetRequest, Time};

use super::ground::Ground;
use crate::actions::submit_request::{HouseholdRef, SubmitRequest};
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::imports::ImportRow;
use crate::storage::tables::requests::Thing;
use crate::storage::tables::settings::Setting;
use crate::storage::tables::{hubs, own_names};

/// Files it.
pub(super) async fn file(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    ground: &Ground,
    keys: &Arc<Keys>,
    told: SheetRequest,
) -> Result<(), Refusal> {
    if let Some(name) = &told.external_id
        && own_names::request(unit, job.organisation(), name).await?.is_some()
    {
        return Err(Code::AlreadyExists.into());
    }
    let household = household(unit, job, &told.household).await?;
    let setting = ground.setting(household.area()).ok_or_else(unknown_household)?;
    let action = SubmitRequest {
        household: HouseholdRef::Id(household.household()),
        external_id: told.external_id.clone(),
        kind: told.kind,
        urgency: told.urgency,
        lines: lines(ground, setting, &told)?,
        hub: hub(unit, job, household.area(), told.hub.as_deref()).await?,
        skills: told.skills,
        languages: told.languages,
        transport: told.transport,
        window: window(ground, setting, (told.window_start, told.window_end))?,
        note: told.note,
        keys: Arc::clone(keys),
    };
    action.run(unit).await.map(drop)
}

fn unknown_household() -> Refusal {
    Refusal::flaw("/household_id", "no such household of your organisation; import households first")
}

async fn household(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    told: &Result<HouseholdId, String>,
) -> Result<HouseholdRow, Refusal> {
    let id = match told {
        Ok(id) => Some(*id),
        Err(name) => own_names::household(unit, job.organisation(), name).await?,
    };
    let row = households::find(unit, id.ok_or_else(unknown_household)?).await?;
    row.filter(|row| row.organisation() == job.organisation()).ok_or_else(unknown_household)
}

fn lines(ground: &Ground, setting: &Setting, told: &SheetRequest) -> Result<Vec<(Thing, u32)>, Refusal> {
    let line = |line: &domain::sheet::SheetLine| {
        let thing = ground.thing(setting.campaign, &line.name);
        thing.map(|thing| (thing, line.quantity)).ok_or_else(|| {
            Refusal::flaw(
                "/lines",
                "no item or kit of this name in the campaign's catalogue; import items first",
            )
        })
    };
    told.lines.iter().map(line).collect()
}

async fn hub(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    area: AreaId,
    name: Option<&str>,
) -> Result<Option<HubId>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    let found = hubs::find_by_name(unit, job.organisation(), area, name).await?;
    let missing = || Refusal::flaw("/hub_id", "no hub of yours has this name in the household's area");
    found.map(Some).ok_or_else(missing)
}

fn window(
    ground: &Ground,
    setting: &Setting,
    (start, end): (Option<Time>, Option<Time>),
) -> Result<Option<(Moment, Moment)>, Refusal> {
    if start.is_none() && end.is_none() {
        return Ok(None);
    }
    let moment = |time: Time| {
        ground
            .moment(setting.area, time)
            .ok_or_else(|| Refusal::flaw("/window", "the area's clocks leave this hour out; write another"))
    };
    let start = start.map(moment).transpose()?.unwrap_or(setting.now);
    let default_end = start + chrono::TimeDelta::seconds(i64::from(setting.policy.default_window_s));
    Ok(Some((start, end.map(moment).transpose()?.unwrap_or(default_end))))
}
