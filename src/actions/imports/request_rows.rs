//! Requests of a part are filed together, each by the same decision as one that is filed alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::Moment;
use domain::catalogue::Load;
use domain::id::{AreaId, CampaignId, HouseholdId, HubId};
use domain::refusal::Code;
use domain::sheet::{SheetKind, SheetRequest, Time};

use super::fault_of::fault_of;
use super::ground::Ground;
use super::judge::{Good, Told};
use crate::actions::Refusal;
use crate::actions::submit_request::{Filing, HouseholdRef, SubmitRequest, permitted};
use crate::keys::Keys;
use crate::storage::events;
use crate::storage::tables::households::HouseholdRow;
use crate::storage::tables::import_faults::Refused;
use crate::storage::tables::imports::ImportRow;
use crate::storage::tables::requests::Thing;
use crate::storage::tables::settings::Setting;
use crate::storage::tables::{catalogue, hubs, import_requests};
use crate::storage::{StorageError, Unit};

/// By what the rows of a part are filed.
pub(super) struct Desk<'a> {
    pub(super) job: &'a ImportRow,
    pub(super) ground: &'a Ground,
    pub(super) keys: &'a Arc<Keys>,
}

/// What these rows are filed upon, as far as it exists.
struct Known {
    /// Names that were given to requests already.
    names: HashSet<String>,
    by_id: HashMap<HouseholdId, HouseholdRow>,
    by_name: HashMap<String, HouseholdId>,
    hubs: HashMap<(AreaId, String), HubId>,
    loads: HashMap<(CampaignId, Thing), Load>,
}

impl Desk<'_> {
    /// Files the good rows and answers how many there were, and which were refused. None when a name came up twice
    /// after all: somebody gave it meanwhile. Then what was done is to be undone, and each is to be filed alone.
    pub(super) async fn file(
        &self,
        unit: &mut Unit<'_>,
        good: &[Good],
    ) -> Result<Option<(i64, Vec<Refused>)>, Refusal> {
        let rows: Vec<(&Good, &SheetRequest)> = good.iter().filter_map(request).collect();
        let told: Vec<&SheetRequest> = rows.iter().map(|(_, told)| *told).collect();
        let known = self.read(unit, &told).await?;
        let (mut filings, mut refused) = (Vec::new(), Vec::new());
        for (good, told) in rows {
            match self.decide(unit, &known, told) {
                Ok(filing) => filings.push(filing),
                Err(refusal) => {
                    let fault = fault_of(SheetKind::Requests, refusal)?;
                    refused.push(Refused { row: good.row, line: good.line, faults: vec![fault] });
                }
            }
        }
        let count = i64::try_from(filings.len()).unwrap_or(i64::MAX);
        Ok(self.write(unit, filings).await?.then_some((count, refused)))
    }

    /// Files one alone.
    pub(super) async fn file_alone(&self, unit: &mut Unit<'_>, told: &SheetRequest) -> Result<(), Refusal> {
        let known = self.read(unit, &[told]).await?;
        let filing = self.decide(unit, &known, told)?;
        if self.write(unit, vec![filing]).await? { Ok(()) } else { Err(Code::AlreadyExists.into()) }
    }

    async fn read(&self, unit: &mut Unit<'_>, told: &[&SheetRequest]) -> Result<Known, Refusal> {
        let organisation = self.job.organisation();
        let names: Vec<&str> = told.iter().filter_map(|told| told.external_id.as_deref()).collect();
        let names = import_requests::names_in_use(unit, organisation, &names).await?;
        let ids: Vec<HouseholdId> = told.iter().filter_map(|told| told.household.clone().ok()).collect();
        let called: Vec<&str> =
            told.iter().filter_map(|told| told.household.as_ref().err().map(String::as_str)).collect();
        let households =
            import_requests::households_shared(unit, organisation, &ids, called.as_slice()).await?;
        let by_name = |row: &HouseholdRow| Some((own_name(row)?, row.household()));
        let by_name: HashMap<String, HouseholdId> = households.iter().filter_map(by_name).collect();
        let by_id: HashMap<HouseholdId, HouseholdRow> =
            households.into_iter().map(|row| (row.household(), row)).collect();
        let mut known = Known { names, by_id, by_name, hubs: HashMap::new(), loads: HashMap::new() };
        self.read_hubs(unit, told, &mut known).await?;
        self.read_loads(unit, told, &mut known).await?;
        Ok(known)
    }

    async fn read_hubs(
        &self,
        unit: &mut Unit<'_>,
        told: &[&SheetRequest],
        known: &mut Known,
    ) -> Result<(), Refusal> {
        let wanted: HashSet<(AreaId, &str)> = told
            .iter()
            .filter_map(|told| Some((known.household(told)?.area(), told.hub.as_deref()?)))
            .collect();
        for (area, name) in wanted {
            if let Some(hub) = hubs::find_by_name(unit, self.job.organisation(), area, name).await? {
                known.hubs.insert((area, name.to_owned()), hub);
            }
        }
        Ok(())
    }

    async fn read_loads(
        &self,
        unit: &mut Unit<'_>,
        told: &[&SheetRequest],
        known: &mut Known,
    ) -> Result<(), Refusal> {
        let mut wanted: HashMap<CampaignId, HashSet<Thing>> = HashMap::new();
        for told in told {
            let setting = known.household(told).and_then(|row| self.ground.setting(row.area()));
            if let Some(setting) = setting {
                let things =
                    told.lines.iter().filter_map(|line| self.ground.thing(setting.campaign, &line.name));
                wanted.entry(setting.campaign).or_default().extend(things);
            }
        }
        for (campaign, things) in wanted {
            let lines: Vec<(Thing, u32)> = things.into_iter().map(|thing| (thing, 1)).collect();
            let loads = catalogue::loads(unit, campaign, &lines).await?;
            let found =
                lines.iter().zip(loads).filter_map(|((thing, _), load)| Some(((campaign, *thing), load?)));
            known.loads.extend(found);
        }
        Ok(())
    }

    fn decide(&self, unit: &Unit<'_>, known: &Known, told: &SheetRequest) -> Result<Filing, Refusal> {
        if told.external_id.as_ref().is_some_and(|name| known.names.contains(name)) {
            return Err(Code::AlreadyExists.into());
        }
        let household = known.household(told).ok_or_else(unknown_household)?;
        let household = permitted(&unit.actor, Some(household.clone()))?;
        let setting = self.ground.setting(household.area()).ok_or_else(unknown_household)?;
        // As of now, not as of when the file was opened; in a sandbox, by its own clock.
        let setting = Setting { now: setting.now + (unit.now - self.ground.read_at), ..setting.clone() };
        let submit = self.submit(known, &household, &setting, told)?;
        let loads =
            submit.lines.iter().map(|(thing, _)| known.loads.get(&(setting.campaign, *thing)).copied());
        let loads = loads.collect();
        submit.decide(household, &setting, loads)
    }

    fn submit(
        &self,
        known: &Known,
        household: &HouseholdRow,
        setting: &Setting,
        told: &SheetRequest,
    ) -> Result<SubmitRequest, Refusal> {
        Ok(SubmitRequest {
            household: HouseholdRef::Id(household.household()),
            external_id: told.external_id.clone(),
            kind: told.kind,
            urgency: told.urgency,
            lines: self.lines(setting, told)?,
            hub: known.hub(household.area(), told.hub.as_deref())?,
            skills: told.skills.clone(),
            languages: told.languages.clone(),
            transport: told.transport,
            window: self.window(setting, (told.window_start, told.window_end))?,
            note: told.note.clone(),
            keys: Arc::clone(self.keys),
        })
    }

    fn lines(&self, setting: &Setting, told: &SheetRequest) -> Result<Vec<(Thing, u32)>, Refusal> {
        let line = |line: &domain::sheet::SheetLine| {
            let thing = self.ground.thing(setting.campaign, &line.name);
            thing.map(|thing| (thing, line.quantity)).ok_or_else(|| {
                Refusal::flaw(
                    "/lines",
                    "no item or kit of this name in the campaign's catalogue; import items first",
                )
            })
        };
        told.lines.iter().map(line).collect()
    }

    fn window(
        &self,
        setting: &Setting,
        (start, end): (Option<Time>, Option<Time>),
    ) -> Result<Option<(Moment, Moment)>, Refusal> {
        if start.is_none() && end.is_none() {
            return Ok(None);
        }
        let moment = |time: Time| {
            self.ground.moment(setting.area, time).ok_or_else(|| {
                Refusal::flaw("/window", "the area's clocks leave this hour out; write another")
            })
        };
        let start = start.map(moment).transpose()?.unwrap_or(setting.now);
        let default_end = start + chrono::TimeDelta::seconds(i64::from(setting.policy.default_window_s));
        Ok(Some((start, end.map(moment).transpose()?.unwrap_or(default_end))))
    }

    /// False when a name was given meanwhile.
    async fn write(&self, unit: &mut Unit<'_>, filings: Vec<Filing>) -> Result<bool, Refusal> {
        let happened: Vec<_> = filings.iter().map(Filing::event).collect();
        let new: Vec<_> = filings.into_iter().map(|filing| (filing.household, filing.new)).collect();
        match import_requests::insert(unit, &new).await {
            Err(StorageError::Constraint(name)) if name == "requests_external_id_unique" => return Ok(false),
            inserted => inserted?,
        }
        events::append(unit, &happened).await?;
        Ok(true)
    }
}

impl Known {
    fn household(&self, told: &SheetRequest) -> Option<&HouseholdRow> {
        let id = match &told.household {
            Ok(id) => id,
            Err(name) => self.by_name.get(name)?,
        };
        self.by_id.get(id)
    }

    fn hub(&self, area: AreaId, name: Option<&str>) -> Result<Option<HubId>, Refusal> {
        let Some(name) = name else { return Ok(None) };
        let missing = || Refusal::flaw("/hub_id", "no hub of yours has this name in the household's area");
        self.hubs.get(&(area, name.to_owned())).copied().map(Some).ok_or_else(missing)
    }
}

fn request(good: &Good) -> Option<(&Good, &SheetRequest)> {
    match &good.told {
        Told::Request(request) => Some((good, request)),
        Told::Household(_) | Told::Volunteer(_) | Told::Hub(_) | Told::Item(_) => None,
    }
}

/// What the organisation itself calls it.
fn own_name(row: &HouseholdRow) -> Option<String> {
    if row.partner().is_some() {
        return None;
    }
    row.external_id.clone()
}

fn unknown_household() -> Refusal {
    Refusal::flaw("/household_id", "no such household of your organisation; import households first")
}
