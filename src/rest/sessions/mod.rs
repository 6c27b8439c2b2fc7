//! Where somebody is logged in, and how that is ended from elsewhere.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{SessionId, UserId, VolunteerId};

pub use bodies::ListedSessionBody;

use super::answer;
use super::extract::{Administrator, By, Coordinator, OneId, Params, Person};
use super::page::{Page, PageParams, Wanted};
use super::problem::Problem;
use crate::actions::auth::end_sessions::{EndMySession, EndSessions, SessionsOf, person};
use crate::actions::{Refusal, perform, read};
use crate::app::App;
use crate::storage::views::sessions::{self, SessionRow};
use crate::storage::views::users;

/// List where you are logged in. Each device that logged in has a session; end those that you do not know.
#[utoipa::path(get, path = "/v1/me/sessions", operation_id = "listMySessions", tag = "me", params(PageParams),
    responses((status = 200, body = Page<ListedSessionBody>)))]
pub async fn mine(
    app: Data<App>,
    caller: By<Person>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let found = read(&app, &caller.call(), async |unit| {
        let (_, user) = person(&unit.actor)?;
        Ok((unit.session, sessions::list_of(unit, user, wanted.after, wanted.limit).await?))
    })
    .await?;
    Ok(page(&app, &wanted, &found))
}

/// End a session of yours, on this device or another. Whatever it began to do is refused from now on, and within a
/// second it reads nothing any more.
#[utoipa::path(delete, path = "/v1/me/sessions/{id}", operation_id = "endMySession", tag = "me",
    params(("id" = SessionId, Path)), responses((status = 204)))]
pub async fn end_mine(
    app: Data<App>,
    caller: By<Person>,
    id: OneId<SessionId>,
) -> Result<HttpResponse, Problem> {
    let action = EndMySession { session: id.0 };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// List where somebody is logged in. Look here when somebody tells that their account does what they do not.
#[utoipa::path(get, path = "/v1/users/{id}/sessions", operation_id = "listSessions", tag = "users",
    params(("id" = UserId, Path), PageParams), responses((status = 200, body = Page<ListedSessionBody>)))]
pub async fn of_user(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let found = read(&app, &caller.call(), async |unit| {
        users::find(unit, id.0).await?.ok_or_else(Refusal::not_found)?;
        Ok((unit.session, sessions::list_of(unit, id.0, wanted.after, wanted.limit).await?))
    })
    .await?;
    Ok(page(&app, &wanted, &found))
}

/// Log somebody out everywhere. They may log in again; to keep them out, disable them.
#[utoipa::path(delete, path = "/v1/users/{id}/sessions", operation_id = "endSessions", tag = "users",
    params(("id" = UserId, Path)), responses((status = 204)))]
pub async fn end_of_user(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
) -> Result<HttpResponse, Problem> {
    let action = EndSessions { of: SessionsOf::User(id.0) };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// Log a volunteer out everywhere, because their telephone is lost or stolen. They may log in again; to keep them from
/// claiming, suspend them.
#[utoipa::path(delete, path = "/v1/volunteers/{id}/sessions", operation_id = "endVolunteerSessions", tag = "volunteers",
    params(("id" = VolunteerId, Path)), responses((status = 204)))]
pub async fn end_of_volunteer(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<VolunteerId>,
) -> Result<HttpResponse, Problem> {
    let action = EndSessions { of: SessionsOf::Volunteer(id.0) };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// A page of sessions, seen from the one that belongs to the call.
fn page(app: &App, wanted: &Wanted, (this, rows): &(Option<SessionId>, Vec<SessionRow>)) -> HttpResponse {
    let data = rows.iter().map(|row| ListedSessionBody::seen_from(*this, row)).collect();
    let page = Page::of(&app.keys, wanted, data, |body: &ListedSessionBody| body.id.uuid());
    answer::unkept(answer::json(&page))
}
