//! A request is filed: what it weighs is summed from the catalogue, its phrase is made and shown once,
//! and it is open at once if its household is verified.

use std::sync::Arc;

use domain::Moment;
use domain::actor::Actor;
use domain::catalogue::Load;
use domain::household::HouseholdStatus;
use domain::id::{HouseholdId, HubId, RequestId};
use domain::life::Hold;
use domain::refusal::Code;
use domain::window::Window;
use domain::words::{RequestKind, Skill, Transport, Urgency};

use super::answers::RequestWithLines;
use super::{Action, Flaw, Refusal, meaning};
use crate::clock;
use crate::keys::Keys;
use crate::storage::ahead::{Question, Reading};
use crate::storage::closing::Closing;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::filings::{ClosingFiling, Ground};
use crate::storage::tables::households::{self, HouseholdRow};
use crate::storage::tables::new_requests::{self, NewRequest};
use crate::storage::tables::requests::Thing;
use crate::storage::tables::settings::{self, Setting};
use crate::storage::tables::{catalogue, hubs};
use crate::storage::{Caller, StorageError, Unit};
use crate::vault::Wrapped;

/// File a request.
#[derive(Clone)]
pub struct SubmitRequest {
    /// For which household.
    pub household: HouseholdRef,
    /// The partner's own name for it.
    pub external_id: Option<String>,
    /// What is asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// What, and how many.
    pub lines: Vec<(Thing, u32)>,
    /// Where the goods are picked up, where that is fixed.
    pub hub: Option<HubId>,
    /// What the volunteer must be able to do.
    pub skills: Vec<Skill>,
    /// What must be spoken; the household's languages when not told.
    pub languages: Option<Vec<String>>,
    /// The least means of transport.
    pub transport: Option<Transport>,
    /// When help makes sense: start and end.
    pub window: Option<(Moment, Moment)>,
    /// What the volunteer should know.
    pub note: Option<String>,
    /// What keys the phrase's hash.
    pub keys: Arc<Keys>,
}

/// A household, by our id or by the partner's own name for it.
#[derive(Debug, Clone)]
pub enum HouseholdRef {
    /// Our id.
    Id(HouseholdId),
    /// The partner's name.
    External(String),
}

/// A request that was filed.
#[derive(Clone)]
pub struct Submitted {
    /// The request.
    pub request: RequestWithLines,
    /// The household's phrase, to be told once; none where nothing is handed over.
    pub phrase: Option<String>,
}

/// A request that may be filed: what is decided before anything is written.
pub(super) struct Filing {
    /// Whose need it is.
    pub(super) household: HouseholdRow,
    /// The request.
    pub(super) new: NewRequest,
    policy_version: i32,
    phrase: Option<String>,
}

impl Action for SubmitRequest {
    type Done = Submitted;

    fn asks_ahead(&self, _: Caller) -> Option<Question> {
        match self.household {
            HouseholdRef::Id(household) => {
                let things = self.lines.iter().map(|(thing, _)| *thing).collect();
                Some(Question::Filing { household, things })
            }
            HouseholdRef::External(_) => None,
        }
    }

    async fn run(self, unit: &mut Unit<'_>) -> Result<Submitted, Refusal> {
        let ahead = match unit.ahead.take() {
            Some(Reading::Filing(ground)) => Some(*ground),
            Some(Reading::Claim(_)) | None => None,
        };
        let may_close = ahead.is_some();
        let (household, setting, loads, data_key) = match ahead {
            Some(Ground { household, setting, loads, data_key }) => {
                (household, setting, Some(loads), data_key)
            }
            None => (self.household(unit).await?, None, None, None),
        };
        let household = permitted(&unit.actor, household)?;
        let setting = match setting {
            Some(setting) => Some(setting),
            None => settings::find(unit, household.organisation(), household.area()).await?,
        };
        let setting =
            setting.ok_or_else(|| StorageError::Impossible("a household outside its areas".to_owned()))?;
        if let Some(hub) = self.hub
            && !hubs::serves(unit, household.organisation(), household.area(), hub).await?
        {
            return Err(Refusal::flaw("/hub_id", "no such hub of this organisation in this area"));
        }
        let loads = match loads {
            Some(loads) => loads,
            None => catalogue::loads(unit, setting.campaign, &self.lines).await?,
        };
        let filing = self.decide(household, &setting, loads)?;
        if may_close { filing.leave_to_the_commit(unit, data_key).await } else { filing.write(unit).await }
    }
}

impl SubmitRequest {
    /// The household, kept from being suspended meanwhile.
    async fn household(&self, unit: &mut Unit<'_>) -> Result<Option<HouseholdRow>, Refusal> {
        let id = match (&self.household, &unit.actor) {
            (HouseholdRef::Id(id), _) => Some(*id),
            (HouseholdRef::External(external_id), Actor::Partner { partner, .. }) => {
                let partner = *partner;
                households::find_by_external_id(unit, partner, external_id).await?.map(|row| row.household())
            }
            (HouseholdRef::External(_), _) => None,
        };
        let id = id.ok_or_else(Refusal::not_found)?;
        Ok(households::find_shared(unit, id).await?)
    }

    /// The request that this household files, by what one of each thing weighs, in the order of the lines.
    ///
    /// # Errors
    /// When it takes none, or anything of what is asked for does not fit.
    pub(super) fn decide(
        self,
        household: HouseholdRow,
        setting: &Setting,
        loads: Vec<Option<Load>>,
    ) -> Result<Filing, Refusal> {
        let status = household.status()?;
        if !status.takes_requests() {
            return Err(Code::HouseholdTakesNoRequests.into());
        }
        let load = self.load(loads)?;
        let id = RequestId::new(clock::new_id());
        let phrase = self.kind.moves_goods().then(make_phrase).transpose()?;
        let new = self.new_request(&household, setting, status, (id, load), phrase.as_deref())?;
        Ok(Filing { household, new, policy_version: setting.policy_version, phrase })
    }

    fn load(&self, loads: Vec<Option<Load>>) -> Result<Load, Refusal> {
        if self.kind.moves_goods() == self.lines.is_empty() {
            let detail =
                if self.lines.is_empty() { "say what is needed" } else { "a call or check brings nothing" };
            return Err(Refusal::flaw("/lines", detail));
        }
        let mut sum = Some(Load::default());
        for (line, (load, (_, quantity))) in loads.into_iter().zip(&self.lines).enumerate() {
            let Some(load) = load else {
                let flaw =
                    Flaw::value(format!("/lines/{line}"), "no such item or kit in the campaign's catalogue");
                return Err(Refusal::flawed(vec![flaw]));
            };
            sum = sum.zip(load.times(*quantity)).and_then(|(sum, load)| sum.plus(load));
        }
        sum.ok_or_else(|| Refusal::flaw("/lines", "more than anybody could carry"))
    }

    fn new_request(
        self,
        household: &HouseholdRow,
        setting: &Setting,
        status: HouseholdStatus,
        (id, load): (RequestId, Load),
        phrase: Option<&str>,
    ) -> Result<NewRequest, Refusal> {
        let now = setting.now;
        let default_end = now + chrono::TimeDelta::seconds(i64::from(setting.policy.default_window_s));
        let (start, end) = self.window.unwrap_or((now, default_end));
        let window =
            Window::new(start, end, now).map_err(|error| Refusal::flaw("/window", error.to_string()))?;
        Ok(NewRequest {
            id,
            campaign: setting.campaign,
            partner: household.partner(),
            external_id: self.external_id,
            hub: self.hub,
            kind: self.kind,
            hold: (status != HouseholdStatus::Verified).then_some(Hold::NewHousehold),
            urgency: self.urgency,
            transport: self.transport,
            skills: self.skills,
            languages: self.languages.unwrap_or_else(|| household.languages()),
            load,
            window,
            lines: self.lines,
            note: self.note,
            phrase_mac: phrase.map(|phrase| phrase_mac(&self.keys, id, phrase)),
            now,
        })
    }
}

impl Filing {
    fn changes(&self) -> Vec<Change> {
        vec![Change::made("request", self.new.id, self.new.status().as_str())]
    }

    /// What is told of it.
    pub(super) fn event(&self) -> Event {
        Event {
            organisation: Some(self.household.organisation()),
            area: Some(self.household.area()),
            request: Some(self.new.id),
            reason: self.new.hold.map(|hold| hold.to_string()),
            policy_version: Some(self.policy_version),
            changes: self.changes(),
            ..Event::about("request.submitted", "request", self.new.id.uuid())
        }
    }

    async fn leave_to_the_commit(
        self,
        unit: &mut Unit<'_>,
        data_key: Option<Wrapped>,
    ) -> Result<Submitted, Refusal> {
        let changes = self.changes();
        let of = (&self.household, data_key.as_ref());
        let (closing, row) = ClosingFiling::of(unit, of, &self.new, self.policy_version, changes).await?;
        unit.closing = Some(Closing::Filing(Box::new(closing)));
        Ok(Submitted { request: RequestWithLines { row, lines: self.new.lines }, phrase: self.phrase })
    }

    async fn write(self, unit: &mut Unit<'_>) -> Result<Submitted, Refusal> {
        let row = new_requests::insert(unit, &self.household, &self.new).await.map_err(meaning(
            "requests_external_id_unique",
            || {
                Refusal::because(
                    Code::AlreadyExists,
                    "this external_id was filed before; it is unique for ever",
                )
            },
        ))?;
        events::append(unit, &[self.event()]).await?;
        Ok(Submitted { request: RequestWithLines { row, lines: self.new.lines }, phrase: self.phrase })
    }
}

/// The household, if the caller may file for it.
pub(super) fn permitted(actor: &Actor, household: Option<HouseholdRow>) -> Result<HouseholdRow, Refusal> {
    let row = household.ok_or_else(Refusal::not_found)?;
    let may = match actor {
        Actor::Coordinator { organisation, .. } => *organisation == row.organisation(),
        Actor::Partner { partner, .. } => row.partner() == Some(*partner),
        // A welfare check filed for a household's silence.
        Actor::System => true,
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::Nobody => false,
    };
    if may { Ok(row) } else { Err(Refusal::not_found()) }
}

/// Six digits: short enough to be said through a door, and there are five tries.
pub(super) fn make_phrase() -> Result<String, Refusal> {
    // 2^32 is no multiple of a million: the bias is below one in four thousand, far from what five tries see.
    let bits = u32::from_be_bytes(clock::random::<4>()?);
    Ok(format!("{:06}", bits % 1_000_000))
}

/// The keyed hash of a request's phrase.
pub(super) fn phrase_mac(keys: &Keys, request: RequestId, phrase: &str) -> Vec<u8> {
    let digits: String = phrase.chars().filter(char::is_ascii_digit).collect();
    keys.mac("phrase", &format!("{request}\n{digits}"))
}
