//! Volunteers of a part are entered together, each as one who is added alone.

use std::collections::HashMap;

use domain::actor::{Actor, Role};
use domain::id::{AreaId, UserId, VolunteerId};
use domain::refusal::Code;
use domain::sheet::{SheetKind, SheetVolunteer};
use domain::volunteer::VolunteerStatus;

use super::fault_of::fault_of;
use super::judge::{Good, Told};
use crate::actions::Refusal;
use crate::actions::enter_volunteer::{self, Newcomer};
use crate::clock;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::import_faults::Refused;
use crate::storage::tables::import_volunteers;
use crate::storage::tables::imports::ImportRow;
use crate::storage::tables::settings::{self, Setting};
use crate::storage::tables::users::NewUser;
use crate::storage::tables::volunteers::{Abilities, NewVolunteer};
use crate::storage::{StorageError, Unit};

/// What each one's event says.
const ADDED: &str = "volunteer.added";

/// Enters the good rows and answers how many there were, and which were refused. None, when an address came up
/// twice after all: somebody took it meanwhile, or two spellings of it are one to the database. Then what was
/// done is to be undone, and each is to be entered alone.
pub(super) async fn enter(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    good: &[Good],
) -> Result<Option<(i64, Vec<Refused>)>, Refusal> {
    may_add(&unit.actor, job)?;
    let told: Vec<(&Good, &SheetVolunteer)> = good.iter().filter_map(volunteer).collect();
    let emails: Vec<&str> = told.iter().map(|(_, volunteer)| volunteer.email.as_str()).collect();
    let in_use = import_volunteers::emails_in_use(unit, &emails).await?;
    let settings = settings_of(unit, job, &told).await?;
    let (mut new, mut happened, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (good, told) in told {
        let judged = if in_use.contains(&told.email) {
            Err(Code::AlreadyExists.into())
        } else {
            settings.get(&told.area).ok_or_else(unknown_area)
        };
        match judged {
            Ok(setting) => {
                let made = newcomer(job, told.clone(), setting);
                happened.push(added(&made.1, setting));
                new.push(made);
            }
            Err(refusal) => {
                let fault = fault_of(SheetKind::Volunteers, refusal)?;
                refused.push(Refused { row: good.row, line: good.line, faults: vec![fault] });
            }
        }
    }
    match import_volunteers::insert(unit, &new).await {
        Err(StorageError::Constraint(name)) if name == "users_email_unique" => return Ok(None),
        inserted => inserted?,
    }
    events::append(unit, &happened).await?;
    Ok(Some((i64::try_from(new.len()).unwrap_or(i64::MAX), refused)))
}

/// Enters one alone.
pub(super) async fn enter_alone(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    told: SheetVolunteer,
) -> Result<(), Refusal> {
    may_add(&unit.actor, job)?;
    let newcomer = Newcomer {
        organisation: job.organisation(),
        area: told.area,
        status: first_status(job),
        name: told.name.clone(),
        email: told.email.clone(),
        password_hash: None,
        abilities: abilities(told),
    };
    enter_volunteer::enter(unit, newcomer, ADDED).await.map(drop)
}

fn volunteer(good: &Good) -> Option<(&Good, &SheetVolunteer)> {
    match &good.told {
        Told::Volunteer(volunteer) => Some((good, volunteer)),
        Told::Household(_) | Told::Request(_) | Told::Hub(_) | Told::Item(_) => None,
    }
}

fn may_add(actor: &Actor, job: &ImportRow) -> Result<(), Refusal> {
    match actor {
        Actor::Coordinator { organisation, .. } if *organisation == job.organisation() => Ok(()),
        Actor::System => Ok(()),
        Actor::Coordinator { .. }
        | Actor::Administrator { .. }
        | Actor::Volunteer { .. }
        | Actor::Partner { .. }
        | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}

async fn settings_of(
    unit: &mut Unit<'_>,
    job: &ImportRow,
    told: &[(&Good, &SheetVolunteer)],
) -> Result<HashMap<AreaId, Setting>, Refusal> {
    let mut settings = HashMap::new();
    for (_, volunteer) in told {
        if !settings.contains_key(&volunteer.area)
            && let Some(setting) = settings::find(unit, job.organisation(), volunteer.area).await?
        {
            settings.insert(volunteer.area, setting);
        }
    }
    Ok(settings)
}

fn unknown_area() -> Refusal {
    Refusal::flaw("/area_id", "your organisation does not work in such an area")
}

fn newcomer(job: &ImportRow, told: SheetVolunteer, setting: &Setting) -> (NewUser, NewVolunteer) {
    let user = NewUser {
        id: UserId::new(clock::new_id()),
        organisation: job.organisation(),
        role: Role::Volunteer,
        name: told.name.clone(),
        email: told.email.clone(),
        password_hash: None,
    };
    let volunteer = NewVolunteer {
        id: VolunteerId::new(clock::new_id()),
        user: user.id,
        organisation: job.organisation(),
        area: told.area,
        status: first_status(job),
        abilities: abilities(told),
        claim_limit: setting.policy.claim_limit,
    };
    (user, volunteer)
}

const fn first_status(job: &ImportRow) -> VolunteerStatus {
    if job.verified { VolunteerStatus::Approved } else { VolunteerStatus::Registered }
}

fn abilities(told: SheetVolunteer) -> Abilities {
    Abilities {
        transport: told.transport,
        capacity_g: told.capacity_g,
        capacity_ml: told.capacity_ml,
        skills: told.skills,
        languages: told.languages,
        radius_m: told.radius_m,
        base: told.base,
    }
}

fn added(new: &NewVolunteer, setting: &Setting) -> Event {
    Event {
        organisation: Some(new.organisation),
        area: Some(new.area),
        volunteer: Some(new.id),
        policy_version: Some(setting.policy_version),
        changes: vec![Change::made("volunteer", new.id, new.status.as_str())],
        ..Event::about(ADDED, "volunteer", new.id.uuid())
    }
}
