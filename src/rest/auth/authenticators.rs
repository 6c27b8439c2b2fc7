//! Authenticators: set up, confirmed and removed by whom they are for, and demanded by organisations.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{OrganisationId, UserId};
use domain::session::AuthenticatorRule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bodies::SessionBody;
use super::told;
use crate::actions::auth::authenticators::{
    self, AuthenticatorOf, BeginAuthenticator, Begun, ConfirmAuthenticator, Confirmed, RemoveAuthenticator,
    SetAuthenticatorRule, Within,
};
use crate::actions::perform;
use crate::app::App;
use crate::rest::answer;
use crate::rest::extract::{Administrator, Body, By, ClientAddress, Device, OneId, Staff};
use crate::rest::organisations::OrganisationBody;
use crate::rest::problem::Problem;
use crate::rest::requests::Nothing;
use crate::storage::views::organisations::OrganisationRow;

/// What an authenticator app must know. It is shown this once.
#[derive(Serialize, ToSchema)]
pub struct AuthenticatorBody {
    /// The secret in base 32, to be typed.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub authenticator_secret: String,
    /// The same as an address, to be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Birgemiz:coordinator%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Birgemiz"
    )]
    pub authenticator_url: String,
}

/// A first code of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAuthenticatorBody {
    /// The six digits that it shows now.
    #[schema(example = "492039", max_length = 20)]
    pub authenticator_code: String,
}

/// An authenticator that is asked for from now on: a session that began with it, and what helps when it is lost.
#[derive(Serialize, ToSchema)]
pub struct ConfirmedBody {
    /// Ten codes to be written down, each good once in place of the authenticator's. They are shown this once.
    pub recovery_codes: Vec<String>,
    /// The session. All others of this person have ended.
    #[serde(flatten)]
    pub session: SessionBody,
}

/// Whether an organisation's coordinators and administrators may work without an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthenticatorRuleBody {
    /// Whether they may.
    pub staff_authenticator: AuthenticatorRule,
}

/// Begin to set up an authenticator app, which shows another code every half minute (TOTP, RFC 6238). Nothing is asked of it
/// before `confirmAuthenticator`; until then this may be called again.
#[utoipa::path(post, path = "/v1/me/authenticator", operation_id = "beginAuthenticator", tag = "me",
    responses((status = 200, body = AuthenticatorBody)))]
pub async fn begin(app: Data<App>, caller: By<Staff>, _: Body<Nothing>) -> Result<HttpResponse, Problem> {
    let (within, call) = Within::of(caller.call())?;
    let render = |begun: &Begun| {
        answer::ok(&AuthenticatorBody {
            authenticator_secret: begun.secret.clone(),
            authenticator_url: begun.url.clone(),
        })
    };
    Ok(perform(&app, call, BeginAuthenticator { within }, render).await?.into())
}

/// Show a first code of the authenticator. From now on it is asked for wherever you show who you are; all your sessions end,
/// and another begins. Write the recovery codes down: they are not shown again.
#[utoipa::path(post, path = "/v1/me/authenticator/confirm", operation_id = "confirmAuthenticator", tag = "me",
    request_body = ConfirmAuthenticatorBody, responses((status = 200, body = ConfirmedBody)))]
pub async fn confirm(
    app: Data<App>,
    caller: By<Staff>,
    from: ClientAddress,
    device: Device,
    body: Body<ConfirmAuthenticatorBody>,
) -> Result<HttpResponse, Problem> {
    let (within, call) = Within::of(caller.call())?;
    let second = authenticators::shown(&app.keys, Some(body.value.authenticator_code), from.0);
    let action = ConfirmAuthenticator { within, second, device: device.0 };
    let of_render = app.clone();
    let render = move |confirmed: &Confirmed| {
        let recovery_codes = confirmed.recovery_codes.clone();
        answer::ok(&ConfirmedBody { recovery_codes, session: told(&of_render, &confirmed.session) })
    };
    Ok(perform(&app, call, action, render).await?.into())
}

/// Remove your authenticator, because you have another telephone. You are logged out everywhere; log in by your password
/// and set up the other.
#[utoipa::path(delete, path = "/v1/me/authenticator", operation_id = "removeAuthenticator", tag = "me",
    responses((status = 204)))]
pub async fn remove(app: Data<App>, caller: By<Staff>) -> Result<HttpResponse, Problem> {
    let action = RemoveAuthenticator { of: AuthenticatorOf::Mine };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// Remove somebody's authenticator, because their telephone and their recovery codes are gone. Make sure that it is they
/// who ask: from then on their password alone logs them in.
#[utoipa::path(delete, path = "/v1/users/{id}/authenticator", operation_id = "removeAuthenticatorOfUser", tag = "users",
    params(("id" = UserId, Path)), responses((status = 204)))]
pub async fn remove_of_user(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<UserId>,
) -> Result<HttpResponse, Problem> {
    let action = RemoveAuthenticator { of: AuthenticatorOf::User(id.0) };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// Say whether an organisation's coordinators and administrators must have an authenticator. Demanded, those who have none
/// are logged out, and can do nothing but set one up when they log in again; you need one of your own to demand it.
#[utoipa::path(put, path = "/v1/organisations/{id}/authenticator-rule", operation_id = "setAuthenticatorRule",
    tag = "organisations", params(("id" = OrganisationId, Path)), request_body = AuthenticatorRuleBody,
    responses((status = 200, body = OrganisationBody)))]
pub async fn set_rule(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<OrganisationId>,
    body: Body<AuthenticatorRuleBody>,
) -> Result<HttpResponse, Problem> {
    let action = SetAuthenticatorRule { organisation: id.0, rule: body.value.staff_authenticator };
    let render = |row: &OrganisationRow| answer::ok(&OrganisationBody::from(row));
    Ok(perform(&app, caller.call(), action, render).await?.into())
}
