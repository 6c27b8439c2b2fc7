//! People who can log in: coordinators and administrators, entered and disabled by administrators.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::UserId;

pub use bodies::{CreateUserBody, InvitedUserBody, UserBody};

use super::answer;
use super::extract::{Administrator, Body, By, OneId, Params};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::requests::Nothing;
use crate::actions::create_user::{CreateUser, Invited};
use crate::actions::disable_user::DisableUser;
use crate::actions::make_password_link::MakePasswordLink;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::users;

/// Enter a coordinator or administrator. The answer holds, this once, the link by which they set
/// their password; give it to them within a week.
#[utoipa::path(post, path = "/v1/users", operation_id = "createUser", tag = "users",
    request_body = CreateUserBody, responses((status = 201, body = InvitedUserBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateUserBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateUser::try_from(body.value)?;
    Ok(perform(&app, call, action, invited(&app)).await?.into())
}

/// List coordinators and administrators. Volunteers are not among them: see `listVolunteers`.
#[utoipa::path(get, path = "/v1/users", operation_id = "listUsers", tag = "users",
    params(PageParams), responses((status = 200, body = Page<UserBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Administrator>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows = read(&app, &caller.call(), async |unit| {
        Ok(users::list_staff(unit, wanted.after, wanted.limit).await?)
    })
    .await?;
    let data = rows.iter().map(UserBody::from).collect();
    let page = Page::of(&app.keys, &wanted, data, |body: &UserBody| body.id.uuid());
    Ok(answer::unkept(answer::json(&page)))
}

/// Read who somebody is that can log in. Their password is never told.
#[utoipa::path(get, path = "/v1/users/{id}", operation_id = "getUser", tag = "users",
    params(("id" = UserId, Path)), responses((status = 200, body = UserBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        users::find(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::unkept(answer::versioned(&UserBody::from(&row), row.version)))
}

/// Disable a coordinator or administrator. They are logged out everywhere and cannot log in any more.
#[utoipa::path(post, path = "/v1/users/{id}/disable", operation_id = "disableUser", tag = "users",
    params(("id" = UserId, Path)), responses((status = 200, body = UserBody)))]
pub async fn disable(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = DisableUser { user: id.0 };
    Ok(perform(&app, call, action, |row| answer::ok(&UserBody::from(row))).await?.into())
}

/// Make a new link by which somebody sets their password, shown this once. Earlier links work no more.
#[utoipa::path(post, path = "/v1/users/{id}/password-link", operation_id = "makePasswordLink", tag = "users",
    params(("id" = UserId, Path)), responses((status = 201, body = InvitedUserBody)))]
pub async fn password_link(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, MakePasswordLink { user: id.0 }, invited(&app)).await?.into())
}

fn invited(app: &App) -> impl Fn(&Invited) -> Answer + Send + Sync + 'static {
    let public_url = app.public_url.clone();
    move |invited| {
        let link = format!("{public_url}/password#{}", invited.token);
        let shown = InvitedUserBody { user: UserBody::from(&invited.user), password_link: Some(link) };
        let kept = InvitedUserBody { user: UserBody::from(&invited.user), password_link: None };
        answer::created_with_secret(format!("/v1/users/{}", invited.user.user()), &shown, &kept)
    }
}
