//! Logging in: people by password, partner apps by their credentials.

pub mod authenticators;
mod bodies;
pub mod codes;
pub mod step_up;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::refusal::Code;

pub use bodies::{
    AskCodeBody, CodeAskedBody, LogInBody, PartnerTokenBody, PartnerTokenForm, RedeemCodeBody, RefreshBody,
    SessionBody, SetPasswordBody, SetUpBody,
};

use super::answer;
use super::extract::{Body, By, ClientAddress, Device, Nobody, RawBody};
use super::problem::Problem;
use super::tokens::{self, Bearer};
use crate::actions::auth::authenticators as proofs;
use crate::actions::auth::first_administrator::SetUp;
use crate::actions::auth::issue_partner_token::{Granted, IssuePartnerToken};
use crate::actions::auth::log_in::{self, Credentials};
use crate::actions::auth::log_out::LogOut;
use crate::actions::auth::refresh::RefreshSession;
use crate::actions::auth::session::Session;
use crate::actions::auth::set_password::SetPassword;
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::{Answer, passwords, perform};
use crate::app::App;

/// Make the first administrator, by the one-time link. The service prints that link when it starts and
/// nobody is there yet; the new organisation and a session come with it.
#[utoipa::path(post, path = "/v1/auth/setup", operation_id = "setUp", tag = "auth", request_body = SetUpBody,
    responses((status = 200, body = SessionBody)))]
pub async fn set_up(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    device: Device,
    body: Body<SetUpBody>,
) -> Result<HttpResponse, Problem> {
    let body = body.value.check()?;
    let action = SetUp {
        password_hash: passwords::hash(body.password, "/password").await?,
        token: body.token,
        organisation_name: body.organisation_name,
        name: body.name,
        email: body.email,
        device: device.0,
    };
    let guess = Guess::from(&app.keys, Target::Link, from.0);
    Ok(perform(&app, caller.call(), Guessing { guess, action }, session(&app)).await?.into())
}

/// Set a password, by a one-time link. This is how somebody whom an administrator entered logs in first; whoever was
/// logged in as them before is logged out.
#[utoipa::path(post, path = "/v1/auth/password", operation_id = "setPassword", tag = "auth",
    request_body = SetPasswordBody, responses((status = 200, body = SessionBody)))]
pub async fn set_password(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    device: Device,
    body: Body<SetPasswordBody>,
) -> Result<HttpResponse, Problem> {
    let password_hash = passwords::hash(body.value.password, "/password").await?;
    let second = proofs::shown(&app.keys, body.value.authenticator_code, from.0);
    let action = SetPassword { token: body.value.token, password_hash, second, device: device.0 };
    let guess = Guess::from(&app.keys, Target::Link, from.0);
    Ok(perform(&app, caller.call(), Guessing { guess, action }, session(&app)).await?.into())
}

/// Log in with address and password. After ten wrong passwords within a quarter of an hour, or a hundred
/// from one address, nobody is told whether another is right for as long as `Retry-After` says.
#[utoipa::path(post, path = "/v1/auth/login", operation_id = "logIn", tag = "auth", request_body = LogInBody,
    responses((status = 200, body = SessionBody)))]
pub async fn log_in(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    device: Device,
    body: Body<LogInBody>,
) -> Result<HttpResponse, Problem> {
    let LogInBody { email, password, authenticator_code } = body.value;
    let second = proofs::shown(&app.keys, authenticator_code, from.0);
    let credentials = Credentials { email, password, second, device: device.0 };
    Ok(log_in::log_in(&app, caller.call(), credentials, session(&app)).await?.into())
}

/// Renew a session. Each refresh token is good for one renewal; used again once its successor was, or after half a
/// minute, it ends the session, for one of two who have it is a thief. A session lasts 30 days, however often it is renewed.
#[utoipa::path(post, path = "/v1/auth/refresh", operation_id = "refreshSession", tag = "auth",
    request_body = RefreshBody, responses((status = 200, body = SessionBody)))]
pub async fn refresh(
    app: Data<App>,
    caller: By<Nobody>,
    body: Body<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let action = RefreshSession::by(&app.keys, body.value.refresh_token);
    Ok(perform(&app, caller.call(), action, session(&app)).await?.into())
}

/// End a session. Its refresh tokens are void at once, and so is its access token; readings that are answered from memory
/// end within a second.
#[utoipa::path(post, path = "/v1/auth/logout", operation_id = "logOut", tag = "auth", request_body = RefreshBody,
    responses((status = 204, description = "The session has ended, if there was one.")))]
pub async fn log_out(
    app: Data<App>,
    caller: By<Nobody>,
    body: Body<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let action = LogOut { refresh_token: body.value.refresh_token };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// Get an access token for a partner app. This is the client credentials grant of OAuth 2.0; ask again
/// when `expires_in` is nearly over.
#[utoipa::path(post, path = "/v1/auth/token", operation_id = "issuePartnerToken", tag = "auth",
    request_body(content = PartnerTokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = PartnerTokenBody)))]
pub async fn token(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    let form: PartnerTokenForm =
        serde_urlencoded::from_bytes(&body.bytes).map_err(|_| Problem::from(Code::MalformedJson))?;
    if form.grant_type != "client_credentials" {
        return Err(Problem::field(Code::InvalidValue, "/grant_type", "client_credentials"));
    }
    let scopes = form.scope.as_deref().map(parse_scopes).transpose()?;
    let partner = form.client_id.parse().map_err(|_| Problem::from(Code::WrongCredentials))?;
    let shown = form.shown(format!("{}/v1/auth/token", app.public_url))?;
    let action = IssuePartnerToken { partner, shown, scopes };
    let app_of_render = app.clone();
    let render = move |granted: &Granted| partner_token(&app_of_render, granted);
    let guess = Guess::from(&app.keys, Target::PartnerSecret, from.0);
    Ok(perform(&app, caller.call(), Guessing { guess, action }, render).await?.into())
}

fn parse_scopes(text: &str) -> Result<Vec<Scope>, Problem> {
    text.split_whitespace()
        .map(|scope| {
            let known = Scope::WORDS.join(" ");
            scope.parse().map_err(|_| Problem::field(Code::InvalidValue, "/scope", format!("of: {known}")))
        })
        .collect()
}

fn session(app: &Data<App>) -> impl Fn(&Session) -> Answer + Send + Sync + 'static {
    let app = app.clone();
    move |session| answer::ok(&told(&app, session))
}

/// A session as its person is told of it.
fn told(app: &App, session: &Session) -> SessionBody {
    let bearer = Bearer::Person { user: session.user, role: session.role, session: session.id };
    let access_token = tokens::sign(&app.keys, &bearer, session.now).unwrap_or_default();
    SessionBody {
        access_token,
        token_type: "Bearer",
        expires_in: tokens::LIFETIME_S,
        refresh_token: session.refresh_token.clone(),
        session_id: session.id,
        user_id: session.user,
        role: session.role,
        awaits_authenticator: session.awaits_authenticator,
    }
}

fn partner_token(app: &App, granted: &Granted) -> Answer {
    let bearer = Bearer::Partner { partner: granted.partner, scopes: granted.scopes.clone() };
    let access_token = tokens::sign(&app.keys, &bearer, granted.now).unwrap_or_default();
    let scope = granted.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    answer::ok(&PartnerTokenBody {
        access_token,
        token_type: "Bearer",
        expires_in: tokens::LIFETIME_S,
        scope,
    })
}
