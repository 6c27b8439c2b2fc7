//! Volunteers: those whom a coordinator knows are entered and approved by them; those who come by an
//! invitation register themselves, and wait.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{AreaId, UserId};
use domain::volunteer::{VolunteerAct, VolunteerStatus};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::acting::act;
use super::super::plan::{Plan, PlannedVolunteer, Readiness};
use super::super::{DemoError, OrganisationEntry, Roster, VolunteerEntry};
use super::AT_ONCE;
use crate::actions::add_volunteer::AddVolunteer;
use crate::actions::auth::authenticators;
use crate::actions::auth::set_password::SetPassword;
use crate::actions::change_volunteer::ChangeVolunteer;
use crate::actions::create_invitation::CreateInvitation;
use crate::actions::edit_volunteer::EditVolunteer;
use crate::actions::register_volunteer::RegisterVolunteer;
use crate::actions::whose::Whose;
use crate::actions::{Caller, Refusal};
use crate::app::App;
use crate::clock;
use crate::storage::rows::{Abilities, Edit, VolunteerRow};

/// How many claims the newcomer's own volunteer may hold: whoever tries things out shall not be stopped
/// by what they tried before.
const NEWCOMERS_LIMIT: u32 = 100;

/// An invitation's code for each organisation in each district that needs one.
type Codes = BTreeMap<(usize, usize), String>;

/// Enters all volunteers.
pub(super) async fn recruit(
    app: &App,
    plan: &Plan,
    roster: &Roster,
    password_hash: &str,
) -> Result<Vec<VolunteerEntry>, DemoError> {
    let codes = invite(app, plan, roster).await?;
    let recruiter = Recruiter { app, roster, password_hash, codes };
    let recruiter = &recruiter;
    stream::iter(&plan.volunteers)
        .map(|volunteer| async move { recruiter.enter(volunteer).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

const fn registers_by_invitation(volunteer: &PlannedVolunteer) -> bool {
    matches!(volunteer.readiness, Readiness::Pending | Readiness::Rejected)
}

async fn invite(app: &App, plan: &Plan, roster: &Roster) -> Result<Codes, DemoError> {
    let mut codes = Codes::new();
    for volunteer in plan.volunteers.iter().filter(|volunteer| registers_by_invitation(volunteer)) {
        let place = (volunteer.organisation, volunteer.district);
        if codes.contains_key(&place) {
            continue;
        }
        let action = CreateInvitation {
            organisation: None,
            area: area(roster, volunteer.district)?,
            max_uses: 50,
            expires_at: clock::now() + chrono::TimeDelta::days(30),
            keys: Arc::clone(&app.keys),
        };
        let coordinator = organisation(roster, volunteer.organisation)?.coordinator();
        let code = act(app, coordinator, action, |made| made.code.clone())
            .await
            .map_err(DemoError::refused("an invitation"))?;
        codes.insert(place, code);
    }
    Ok(codes)
}

fn area(roster: &Roster, district: usize) -> Result<AreaId, DemoError> {
    roster.areas.get(district).map(|area| area.id).ok_or(DemoError::Drawing("a district of nowhere"))
}

fn organisation(roster: &Roster, number: usize) -> Result<&OrganisationEntry, DemoError> {
    roster.organisations.get(number).ok_or(DemoError::Drawing("an organisation of nobody"))
}

struct Recruiter<'a> {
    app: &'a App,
    roster: &'a Roster,
    password_hash: &'a str,
    codes: Codes,
}

impl Recruiter<'_> {
    async fn enter(&self, volunteer: &PlannedVolunteer) -> Result<VolunteerEntry, DemoError> {
        let entered = if registers_by_invitation(volunteer) {
            self.register(volunteer).await?
        } else {
            self.add(volunteer).await?
        };
        let entry = VolunteerEntry {
            id: entered.volunteer(),
            user_id: UserId::new(entered.user_id),
            email: volunteer.email.clone(),
        };
        self.ready(volunteer, &entry).await.map_err(DemoError::refused("a volunteer's status"))?;
        Ok(entry)
    }

    async fn register(&self, volunteer: &PlannedVolunteer) -> Result<VolunteerRow, DemoError> {
        let code = self.codes.get(&(volunteer.organisation, volunteer.district)).cloned();
        let action = RegisterVolunteer {
            code: code.unwrap_or_default(),
            name: volunteer.name.clone(),
            email: volunteer.email.clone(),
            password_hash: self.password_hash.to_owned(),
            abilities: abilities(volunteer),
            keys: Arc::clone(&self.app.keys),
        };
        act(self.app, Caller::Nobody, action, Clone::clone)
            .await
            .map_err(DemoError::refused("a volunteer who registers"))
    }

    async fn add(&self, volunteer: &PlannedVolunteer) -> Result<VolunteerRow, DemoError> {
        let action = AddVolunteer {
            area: area(self.roster, volunteer.district)?,
            name: volunteer.name.clone(),
            email: volunteer.email.clone(),
            status: VolunteerStatus::Approved,
            abilities: abilities(volunteer),
        };
        let coordinator = organisation(self.roster, volunteer.organisation)?.coordinator();
        let (row, token) =
            act(self.app, coordinator, action, |added| (added.row.clone(), added.token.clone()))
                .await
                .map_err(DemoError::refused("a volunteer"))?;
        let second = authenticators::shown(&self.app.keys, None, None);
        let action =
            SetPassword { token, password_hash: self.password_hash.to_owned(), second, device: None };
        act(self.app, Caller::Nobody, action, |_| ())
            .await
            .map_err(DemoError::refused("a volunteer's password"))?;
        Ok(row)
    }

    /// What a coordinator decides about a volunteer afterwards.
    async fn ready(&self, volunteer: &PlannedVolunteer, entry: &VolunteerEntry) -> Result<(), Refusal> {
        let Ok(organisation) = organisation(self.roster, volunteer.organisation) else { return Ok(()) };
        let whose = Whose::Of(entry.id);
        let change = |decided, reason: &str| {
            let action = ChangeVolunteer { whose, act: decided, reason: Some(reason.to_owned()) };
            act(self.app, organisation.coordinator(), action, |_| ())
        };
        match volunteer.readiness {
            Readiness::OnDuty | Readiness::Pending => Ok(()),
            Readiness::Rejected => change(VolunteerAct::Reject, "the telephone number was wrong").await,
            Readiness::Suspended => change(VolunteerAct::Suspend, "away for the season").await,
            Readiness::OffDuty if volunteer.number == super::super::plan::NEWCOMERS => {
                let edit = Edit { claim_limit: Some(NEWCOMERS_LIMIT), ..Edit::default() };
                act(self.app, organisation.coordinator(), EditVolunteer { whose, edit }, |_| ()).await
            }
            Readiness::OffDuty => Ok(()),
        }
    }
}

fn abilities(volunteer: &PlannedVolunteer) -> Abilities {
    Abilities {
        transport: volunteer.transport,
        capacity_g: volunteer.capacity.0,
        capacity_ml: volunteer.capacity.1,
        skills: volunteer.skills.iter().copied().collect(),
        languages: volunteer.languages.iter().map(|language| (*language).to_owned()).collect(),
        radius_m: volunteer.radius_m,
        base: Some(volunteer.base),
    }
}
