//! Partner apps: entered, given another secret and revoked by administrators.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::PartnerId;

pub use bodies::{CreatePartnerBody, CredentialsBody, PartnerBody, PartnerKeysBody, PublicKeyBody};

use super::answer;
use super::extract::{Administrator, Body, By, OneId, Params};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::requests::Nothing;
use crate::actions::create_partner::{CreatePartner, Credentials};
use crate::actions::revoke_partner::RevokePartner;
use crate::actions::rotate_partner_secret::RotatePartnerSecret;
use crate::actions::set_partner_keys::SetPartnerKeys;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::partners;

/// Enter a partner app. The answer holds its secret, this once.
#[utoipa::path(post, path = "/v1/partners", operation_id = "createPartner", tag = "partners",
    request_body = CreatePartnerBody, responses((status = 201, body = CredentialsBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreatePartnerBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreatePartner::try_from(body.value)?;
    Ok(perform(&app, call, action, with_secret).await?.into())
}

/// List partner apps, without their secrets. The revoked ones are among them.
#[utoipa::path(get, path = "/v1/partners", operation_id = "listPartners", tag = "partners",
    params(PageParams), responses((status = 200, body = Page<PartnerBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Administrator>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows =
        read(&app, &caller.call(), async |unit| Ok(partners::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = rows.iter().map(PartnerBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &PartnerBody| body.client_id.uuid())))
}

/// Read a partner app, without its secret. A lost secret is replaced by `rotatePartnerSecret`.
#[utoipa::path(get, path = "/v1/partners/{id}", operation_id = "getPartner", tag = "partners",
    params(("id" = PartnerId, Path)), responses((status = 200, body = PartnerBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<PartnerId>,
) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        partners::find(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&PartnerBody::from(&row), row.version))
}

/// Revoke a partner app. Its secret and every token it holds are good no more.
#[utoipa::path(post, path = "/v1/partners/{id}/revoke", operation_id = "revokePartner", tag = "partners",
    params(("id" = PartnerId, Path)), responses((status = 200, body = PartnerBody)))]
pub async fn revoke(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<PartnerId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = RevokePartner { partner: id.0 };
    Ok(perform(&app, call, action, |row| answer::ok(&PartnerBody::from(row))).await?.into())
}

/// Give a partner app another secret, shown this once. The old one is good no more.
#[utoipa::path(post, path = "/v1/partners/{id}/secret", operation_id = "rotatePartnerSecret", tag = "partners",
    params(("id" = PartnerId, Path)), responses((status = 201, body = CredentialsBody)))]
pub async fn rotate_secret(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<PartnerId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    Ok(perform(&app, call, RotatePartnerSecret { partner: id.0 }, with_secret).await?.into())
}

/// Give a partner app public keys by which it signs its calls for tokens (RFC 7523), in place of those it had; none, and it
/// shows its secret only. The private halves never leave it.
#[utoipa::path(put, path = "/v1/partners/{id}/keys", operation_id = "setPartnerKeys", tag = "partners",
    request_body = PartnerKeysBody, params(("id" = PartnerId, Path)), responses((status = 200, body = PartnerKeysBody)))]
pub async fn set_keys(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<PartnerId>,
    body: Body<PartnerKeysBody>,
) -> Result<HttpResponse, Problem> {
    let action = SetPartnerKeys { partner: id.0, keys: body.value.keys()? };
    Ok(perform(&app, caller.call(), action, |keys| answer::ok(&PartnerKeysBody::from(keys))).await?.into())
}

fn with_secret(made: &Credentials) -> Answer {
    let location = format!("/v1/partners/{}", made.partner.partner());
    let secret = Some(made.secret.clone());
    let shown = CredentialsBody { partner: PartnerBody::from(&made.partner), client_secret: secret };
    let kept = CredentialsBody { partner: PartnerBody::from(&made.partner), client_secret: None };
    answer::created_with_secret(location, &shown, &kept)
}
