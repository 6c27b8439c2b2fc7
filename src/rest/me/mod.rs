//! Oneself: who is logged in; and a volunteer's own duty, place, hours and claims.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Actor;
use domain::matching::Duty;
use domain::refusal::Code;
use domain::volunteer::VolunteerAct;

pub use bodies::{AvailabilityBody, DutyBody, EditMeBody, MeBody, OwnClaimBody, OwnVolunteerBody, SlotBody};

use super::answer;
use super::extract::{Anybody, Body, By, Params, Volunteer};
use super::households::{PositionBody, ReasonBody};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::volunteers::VolunteerBody;
use crate::actions::change_volunteer::ChangeVolunteer;
use crate::actions::edit_volunteer::EditVolunteer;
use crate::actions::report_position::{Place, report_position};
use crate::actions::set_availability::SetAvailability;
use crate::actions::set_duty::SetDuty;
use crate::actions::whose::Whose;
use crate::actions::{Answer, perform, read};
use crate::app::App;
use crate::storage::rows::Edit;
use crate::storage::rows::VolunteerRow;
use crate::storage::views;
use crate::storage::views::me::{Profile, Seen};

/// See who you are here. Ask when an app starts, to know what to show.
#[utoipa::path(get, path = "/v1/me", operation_id = "getMe", tag = "me",
    responses((status = 200, body = MeBody)))]
pub async fn get(app: Data<App>, caller: By<Anybody>) -> Result<HttpResponse, Problem> {
    let seen = read(&app, &caller.call(), async |unit| Ok(views::me::seen(unit).await?)).await?;
    let body = me(&seen).ok_or(Code::Unauthenticated)?;
    Ok(answer::unkept(match &seen.profile {
        Some(profile) => answer::versioned(&body, profile.row.version),
        None => answer::json(&body),
    }))
}

/// Correct what you may say of yourself. What is absent stays (JSON merge patch).
#[utoipa::path(patch, path = "/v1/me", operation_id = "editMe", tag = "me", request_body = EditMeBody,
    responses((status = 200, body = VolunteerBody)))]
pub async fn edit(
    app: Data<App>,
    caller: By<Volunteer>,
    body: Body<EditMeBody>,
) -> Result<HttpResponse, Problem> {
    let action = EditVolunteer { whose: Whose::Own, edit: Edit::try_from(body.value)? };
    Ok(perform(&app, caller.call(), action, shown).await?.into())
}

/// Go on duty or off. Duty ends by itself: when you say, within a day, or after twelve hours.
#[utoipa::path(put, path = "/v1/me/duty", operation_id = "setDuty", tag = "me", request_body = DutyBody,
    responses((status = 200, body = VolunteerBody)))]
pub async fn duty(
    app: Data<App>,
    caller: By<Volunteer>,
    body: Body<DutyBody>,
) -> Result<HttpResponse, Problem> {
    let action = SetDuty { duty: Duty::try_from(body.value)? };
    Ok(perform(&app, caller.call(), action, shown).await?.into())
}

/// Tell where you are. Only the last place is kept. It counts at once and is kept within a second, so that a crash
/// in between may forget it until you tell the next.
#[utoipa::path(put, path = "/v1/me/position", operation_id = "reportPosition", tag = "me",
    request_body = PositionBody, responses((status = 204, description = "It counts, and the one before is gone.")))]
pub async fn position(
    app: Data<App>,
    caller: By<Volunteer>,
    body: Body<PositionBody>,
) -> Result<HttpResponse, Problem> {
    let place = Place { position: body.value.position("")?, accuracy_m: body.value.accuracy("")? };
    report_position(&app, &caller.call(), place).await?;
    Ok(answer::no_content().into())
}

/// Say when in the week offers are welcome. It replaces what you said before; no slot at all means any time.
#[utoipa::path(put, path = "/v1/me/availability", operation_id = "setAvailability", tag = "me",
    request_body = AvailabilityBody, responses((status = 200, body = VolunteerBody)))]
pub async fn availability(
    app: Data<App>,
    caller: By<Volunteer>,
    body: Body<AvailabilityBody>,
) -> Result<HttpResponse, Problem> {
    let action = SetAvailability::try_from(body.value)?;
    Ok(perform(&app, caller.call(), action, shown).await?.into())
}

/// Leave. Your active claims are revoked, and you are asked no more.
#[utoipa::path(post, path = "/v1/me/leave", operation_id = "leaveOrganisation", tag = "me",
    request_body = ReasonBody, responses((status = 200, body = VolunteerBody)))]
pub async fn leave(
    app: Data<App>,
    caller: By<Volunteer>,
    body: Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let reason = body.value.reason()?;
    let action = ChangeVolunteer { whose: Whose::Own, act: VolunteerAct::Leave, reason };
    Ok(perform(&app, call, action, shown).await?.into())
}

/// List what you hold, with what it takes to serve it. Doors are read one by one, by their claims.
#[utoipa::path(get, path = "/v1/me/claims", operation_id = "listMyClaims", tag = "me", params(PageParams),
    responses((status = 200, body = Page<OwnClaimBody>)))]
pub async fn claims(
    app: Data<App>,
    caller: By<Volunteer>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let held = read(&app, &caller.call(), async |unit| {
        let Actor::Volunteer { volunteer, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        Ok(views::own_claims::active_of(unit, volunteer, (wanted.after, wanted.limit)).await?)
    })
    .await?;
    let bodies = held.iter().map(OwnClaimBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, bodies, |body: &OwnClaimBody| body.claim.id.uuid())))
}

fn shown(row: &VolunteerRow) -> Answer {
    answer::ok(&VolunteerBody::from(row))
}

/// The caller as they are shown to themselves; nobody where nobody is logged in.
fn me(seen: &Seen) -> Option<MeBody> {
    let (id, role, campaign_id, scopes) = match &seen.actor {
        Actor::Administrator { user, .. } | Actor::Coordinator { user, .. } => {
            (user.to_string(), seen.role, None, None)
        }
        Actor::Volunteer { volunteer, .. } => (volunteer.to_string(), seen.role, None, None),
        Actor::Partner { partner, campaign, scopes, .. } => {
            (partner.to_string(), None, Some(*campaign), Some(scopes.clone()))
        }
        Actor::System | Actor::Nobody => return None,
    };
    let (name, email) = seen.person.clone().map(|person| (person.name, person.email)).unzip();
    Some(MeBody {
        kind: seen.actor.signature().0,
        id,
        organisation_id: seen.actor.organisation()?,
        role,
        name,
        email,
        campaign_id,
        scopes,
        volunteer: seen.profile.as_ref().map(profile),
    })
}

fn profile(profile: &Profile) -> OwnVolunteerBody {
    OwnVolunteerBody::new(VolunteerBody::from(&profile.row), profile)
}
